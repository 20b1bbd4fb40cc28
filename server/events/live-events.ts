import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../auth/caller.ts';
import { findSignedInBySession } from '../auth/queries.ts';
import { BROWSER_IDLE_LIMIT_S } from '../auth/sessions.ts';
import type { AppDependencies } from '../dependencies.ts';
import { type EventStream, openEventStream } from './event-stream.ts';
import { countQueued, isSampleVisible } from './queries.ts';

type Dependencies = Pick<AppDependencies, 'database' | 'notifications' | 'log'>;

export interface LiveEvents {
  /** Answers with the stream of events that the caller may see, for as long as their session lasts. */
  open(caller: Caller, request: FastifyRequest, reply: FastifyReply): void;
  close(): void;
}

const STATS_EVERY_MS = 2000;

interface Timing {
  keepAliveMs: number;
}

/** Hands what the database announces to every open stream of this process. */
export function openLiveEvents(
  { database, notifications, log }: Dependencies,
  { keepAliveMs }: Timing = { keepAliveMs: 20_000 },
): LiveEvents {
  const { db } = database;
  const streams = new Set<EventStream>();
  let statsDue: NodeJS.Timeout | undefined;

  const endAll = () => {
    for (const stream of streams) stream.end();
  };
  const sendStats = async () => {
    statsDue = undefined;
    try {
      const queued = await countQueued(db);
      for (const stream of streams) stream.push({ type: 'queue.stats', ...queued });
    } catch (error) {
      log.warn({ err: error }, 'queue not counted');
    }
  };
  const unsubscribe = notifications.subscribe({
    onEvent: (event) => {
      for (const stream of streams) stream.push(event);
      if (event.type === 'sample.status' && streams.size > 0)
        statsDue ??= setTimeout(sendStats, STATS_EVERY_MS);
    },
    // Browsers connect again by themselves and then fetch what they show.
    onGap: endAll,
  });

  const isSessionAlive = async (caller: Caller, byCookie: boolean) => {
    const session = await findSignedInBySession(db, caller.sessionId);
    return session !== undefined && !(byCookie && session.idleS > BROWSER_IDLE_LIMIT_S);
  };

  return {
    open: (caller, request, reply) => {
      const byCookie = request.headers.authorization === undefined;
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      const stream = openEventStream(raw, (jobId) => isSampleVisible(db, caller, jobId));
      const check = async () => {
        // While the database is away nobody can tell; the requests made meanwhile fail anyway.
        if (await isSessionAlive(caller, byCookie).catch(() => true)) stream.keepAlive();
        else stream.end();
      };
      const timer = setInterval(check, keepAliveMs);
      streams.add(stream);
      raw.once('close', () => {
        clearInterval(timer);
        streams.delete(stream);
      });
    },
    close: () => {
      unsubscribe();
      clearTimeout(statsDue);
      endAll();
    },
  };
}

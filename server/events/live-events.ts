import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../auth/caller.ts';
import { findSignedInBySession } from '../auth/queries.ts';
import { BROWSER_IDLE_LIMIT_S } from '../auth/sessions.ts';
import type { AppDependencies } from '../dependencies.ts';
import { AppError } from '../errors.ts';
import { type EventStream, openEventStream } from './event-stream.ts';
import { countQueued, isSampleVisible } from './queries.ts';

type Dependencies = Pick<AppDependencies, 'database' | 'notifications' | 'log'>;

export interface LiveEvents {
  /**
   * Answers with the stream of events that the caller may see, for as long as their session lasts.
   * @throws AppError rate_limited when they have too many open
   */
  open(caller: Caller, request: FastifyRequest, reply: FastifyReply): void;
  close(): void;
}

const STATS_EVERY_MS = 2000;
/** One a tab; each asks the database about every event. */
const MOST_STREAMS_OF_ONE = 20;
const RETRY_AFTER_S = 30;

interface Timing {
  keepAliveMs: number;
}

/** Hands what the database announces to every open stream of this process. */
export function openLiveEvents(
  { database, notifications, log }: Dependencies,
  { keepAliveMs }: Timing = { keepAliveMs: 20_000 },
): LiveEvents {
  const { db } = database;
  /** With whose it is. */
  const streams = new Map<EventStream, string>();
  let statsDue: NodeJS.Timeout | undefined;

  const endAll = () => {
    for (const stream of streams.keys()) stream.end();
  };
  const sendStats = async () => {
    statsDue = undefined;
    try {
      const queued = await countQueued(db);
      for (const stream of streams.keys()) stream.push({ type: 'queue.stats', ...queued });
    } catch (error) {
      log.warn({ err: error }, 'queue not counted');
    }
  };
  const unsubscribe = notifications.subscribe({
    onEvent: (event) => {
      for (const stream of streams.keys()) stream.push(event);
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
      const own = [...streams.values()].filter((id) => id === caller.id);
      if (own.length >= MOST_STREAMS_OF_ONE) {
        throw new AppError('rate_limited', 'Too many pages are open. Close some.', {
          retryAfterS: RETRY_AFTER_S,
        });
      }
      const byCookie = request.headers.authorization === undefined;
      reply.hijack();
      const { raw } = reply;
      // Gone while the session was looked up: nothing would ever close this stream.
      if (raw.closed) return;
      raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // Kept for another request, the connection would outlive the stream and hold up the end of the server.
        connection: 'close',
        'x-accel-buffering': 'no',
      });
      const stream = openEventStream(raw, (jobId) => isSampleVisible(db, caller, jobId));
      const check = async () => {
        // While the database is away nobody can tell; the requests made meanwhile fail anyway.
        if (await isSessionAlive(caller, byCookie).catch(() => true)) stream.keepAlive();
        else stream.end();
      };
      const timer = setInterval(check, keepAliveMs);
      streams.set(stream, caller.id);
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

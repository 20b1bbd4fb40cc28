import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import type { z } from 'zod';
import type { Camel } from '../../contract/casing.ts';
import type { LiveEvent as WireEvent } from '../../contract/events.ts';
import type { Db } from '../db/client.ts';
import type { Logger } from './log.ts';

const CHANNEL = 'balscope_events';
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
const STILL_THERE_EVERY_MS = 10_000;

export type LiveEvent = Camel<z.infer<typeof WireEvent>>;

export interface Subscriber {
  onEvent(event: LiveEvent): void;
  /** Events may have been missed: what was shown has to be fetched afresh. */
  onGap(): void;
}

export interface Notifications {
  /** @returns the function that ends the subscription */
  subscribe(subscriber: Subscriber): () => void;
  close(): Promise<void>;
}

/** Tells every API process, once the transaction has committed. */
export async function notify(tx: Db, event: LiveEvent): Promise<void> {
  await tx.execute(sql`select pg_notify(${CHANNEL}, ${JSON.stringify(event)})`);
}

/** Listens on a connection of its own and makes another one whenever it is lost. */
export async function listenForNotifications(databaseUri: string, log: Logger): Promise<Notifications> {
  const subscribers = new Set<Subscriber>();
  const closed = new AbortController();
  let connection = await connectListener(databaseUri, subscribers);

  const keepListening = async () => {
    let pauseMs = FIRST_PAUSE_MS;
    while (!closed.signal.aborted) {
      await connection.lost;
      if (closed.signal.aborted) return;
      try {
        connection = await connectListener(databaseUri, subscribers);
        pauseMs = FIRST_PAUSE_MS;
        for (const subscriber of subscribers) subscriber.onGap();
      } catch (error) {
        log.warn({ err: error, pauseMs }, 'cannot listen for events');
        await delay(pauseMs * (0.5 + Math.random()), undefined, { signal: closed.signal }).catch(() => {});
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
  };
  const listening = keepListening();

  return {
    subscribe: (subscriber) => {
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    },
    close: async () => {
      closed.abort();
      connection.end();
      await listening;
    },
  };
}

interface Connection {
  /** Resolves when the connection is gone. */
  lost: Promise<void>;
  end(): void;
}

async function connectListener(databaseUri: string, subscribers: Iterable<Subscriber>): Promise<Connection> {
  const client = new pg.Client({
    connectionString: databaseUri,
    connectionTimeoutMillis: 5000,
    query_timeout: 5000,
    keepAlive: true,
    application_name: 'balscope events',
  });
  const lost = new Promise<void>((resolve) => {
    client.once('end', resolve);
    client.on('error', () => resolve());
  });
  client.on('notification', ({ payload }) => {
    const event = JSON.parse(payload ?? 'null') as LiveEvent;
    for (const subscriber of subscribers) subscriber.onEvent(event);
  });
  await client.connect();
  await client.query(`listen ${CHANNEL}`);
  // A connection that a firewall forgot raises no error until something is sent over it.
  const stillThere = setInterval(
    () => client.query('select 1').catch(() => client.end()),
    STILL_THERE_EVERY_MS,
  );
  void lost.then(() => clearInterval(stillThere));
  return { lost, end: () => void client.end().catch(() => {}) };
}

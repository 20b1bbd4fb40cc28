import type { Database } from '../db/client.ts';
import type { Logger } from '../platform/log.ts';
import { addCounts, removeCount } from './queries.ts';

const SHARED_EVERY_MS = 1000;
/** Beyond this many addresses and accounts, the one that was seen first is forgotten. */
const MOST_ESTIMATES = 50_000;

/** In one statement; PostgreSQL takes 65,535 parameters. */
const SHARED_AT_ONCE = 1000;

/** How much was counted in a window, and how long the window still lasts. */
export interface Counted {
  count: number;
  endsInMs: number;
}

/** Counts of all API processes together. */
export interface SharedCounts {
  /** Exact at once, for one statement each. */
  add(key: string, windowMs: number): Promise<Counted>;
  /** Without waiting: what other processes counted is known within a second, and while the database is gone not at all. */
  estimate(key: string, windowMs: number): Counted;
  forget(key: string): Promise<void>;
  close(): Promise<void>;
}

interface Estimate {
  /** As the database knows it. */
  shared: number;
  /** Counted here since. */
  added: number;
  windowMs: number;
  endsAt: number;
}

export function openSharedCounts({ db }: Database, log: Logger): SharedCounts {
  const estimates = new Map<string, Estimate>();
  let sharing: Promise<void> | undefined;

  const share = async () => {
    const now = Date.now();
    for (const [key, { endsAt }] of estimates) if (endsAt <= now) estimates.delete(key);
    const sent = [...estimates].filter(([, { added }]) => added > 0);
    for (let at = 0; at < sent.length; at += SHARED_AT_ONCE)
      await shareSome(sent.slice(at, at + SHARED_AT_ONCE));
  };
  const shareSome = async (sent: [string, Estimate][]) => {
    const added = sent.map(([key, { added: count, windowMs }]) => ({ key, count, windowMs }));
    const known = await addCounts(db, added);
    const sentOf = new Map(added.map(({ key, count }) => [key, count]));
    for (const { key, count, endsInMs } of known) {
      const estimate = estimates.get(key);
      if (!estimate) continue;
      estimate.shared = count;
      estimate.added -= sentOf.get(key) ?? 0;
      estimate.endsAt = Date.now() + endsInMs;
    }
  };
  const timer = setInterval(() => {
    sharing ??= share()
      .catch((error) => log.warn({ err: error }, 'limits could not be shared with other processes'))
      .finally(() => {
        sharing = undefined;
      });
  }, SHARED_EVERY_MS).unref();

  return {
    add: async (key, windowMs) => (await addCounts(db, [{ key, count: 1, windowMs }]))[0],
    estimate: (key, windowMs) => {
      const now = Date.now();
      let estimate = estimates.get(key);
      if (!estimate || estimate.endsAt <= now) {
        estimate = { shared: 0, added: 0, windowMs, endsAt: now + windowMs };
        estimates.set(key, estimate);
        if (estimates.size > MOST_ESTIMATES) estimates.delete(estimates.keys().next().value as string);
      }
      estimate.added += 1;
      return { count: estimate.shared + estimate.added, endsInMs: estimate.endsAt - now };
    },
    forget: (key) => removeCount(db, key),
    close: async () => {
      clearInterval(timer);
      await sharing;
    },
  };
}

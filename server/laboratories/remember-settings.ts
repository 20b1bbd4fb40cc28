import { LRUCache } from 'lru-cache';
import type { Db } from '../db/client.ts';
import { findSettings } from './settings-queries.ts';

const MOST_REMEMBERED = 100;

export type SettingsOf = (db: Db, laboratoryId: string, version: number) => ReturnType<typeof findSettings>;

/** Reads versions of settings, each once: a version never changes. */
export function rememberSettings(): SettingsOf {
  const remembered = new LRUCache<string, Awaited<ReturnType<typeof findSettings>>>({ max: MOST_REMEMBERED });
  return async (db, laboratoryId, version) => {
    const key = `${laboratoryId} ${version}`;
    const known = remembered.get(key);
    if (known) return known;
    const found = await findSettings(db, laboratoryId, version);
    remembered.set(key, found);
    return found;
  };
}

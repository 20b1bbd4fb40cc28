import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { API_BASE } from '../../contract/api.ts';

export interface SignedUrls {
  /** Where the object can be read for some minutes by whoever has the address. */
  urlOf(key: string): string;
  /** @returns what the token opens, or undefined when it is not ours or too old */
  open(token: string): { key: string; secondsLeft: number } | undefined;
}

/** Addresses of one object stay the same for one window, so that browsers cache, and are good for at most two. */
const WINDOW_S = 150;
/** Lists ask for the same addresses again and again within a window. */
const MOST_REMEMBERED = 10_000;
const PURPOSE = 'balscope object read v1';

export function createSignedUrls(secret: string, now: () => number = Date.now): SignedUrls {
  const signingKey = createSecretKey(createHmac('sha256', secret).update(PURPOSE).digest());
  const sign = (payload: string) => createHmac('sha256', signingKey).update(payload).digest();
  const nowS = () => now() / 1000;
  const remembered = new LRUCache<string, string>({ max: MOST_REMEMBERED });

  return {
    urlOf: (key) => {
      const expiresAt = (Math.floor(nowS() / WINDOW_S) + 2) * WINDOW_S;
      const text = `${expiresAt} ${key}`;
      const known = remembered.get(text);
      if (known !== undefined) return known;
      const payload = Buffer.from(text).toString('base64url');
      const url = `${API_BASE}/objects/${payload}.${sign(payload).toString('base64url')}`;
      remembered.set(text, url);
      return url;
    },
    open: (token) => {
      const [payload, signature, ...rest] = token.split('.');
      if (!payload || !signature || rest.length > 0) return undefined;
      const expected = sign(payload);
      const given = Buffer.from(signature, 'base64url');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      const [expiresAt, key] = Buffer.from(payload, 'base64url').toString().split(' ');
      const secondsLeft = Number(expiresAt) - nowS();
      return secondsLeft > 0 ? { key, secondsLeft: Math.floor(secondsLeft) } : undefined;
    },
  };
}

import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';

export type User = CallResult<Api['me']>;

/**
 * `expired`: the server forgot the session while somebody works. What waits for an answer goes on waiting, and
 * nothing on the screen is lost, until the same person has signed in again.
 */
export type SessionState =
  | { phase: 'unknown' }
  | { phase: 'signed-out' }
  | { phase: 'signed-in'; user: User }
  | { phase: 'expired'; user: User };

export interface Session {
  getState(): SessionState;
  subscribe(listener: () => void): () => void;
  signedIn(user: User): void;
  signedOut(): void;
  expired(): void;
  /** Resolves once somebody is signed in; rejects when the signal aborts. */
  untilSignedIn(signal?: AbortSignal): Promise<void>;
}

export function createSession(): Session {
  let state: SessionState = { phase: 'unknown' };
  const listeners = new Set<() => void>();
  const become = (next: SessionState) => {
    state = next;
    for (const listener of [...listeners]) listener();
  };
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    getState: () => state,
    subscribe,
    signedIn: (user) => become({ phase: 'signed-in', user }),
    signedOut: () => become({ phase: 'signed-out' }),
    expired() {
      if (state.phase === 'signed-in') become({ phase: 'expired', user: state.user });
    },
    untilSignedIn: (signal) =>
      new Promise((resolve, reject) => {
        const stop = () => {
          unsubscribe();
          signal?.removeEventListener('abort', abort);
        };
        const abort = () => {
          stop();
          reject(signal?.reason);
        };
        const check = () => {
          if (state.phase !== 'signed-in') return;
          stop();
          resolve();
        };
        const unsubscribe = subscribe(check);
        if (signal?.aborted) return abort();
        signal?.addEventListener('abort', abort);
        check();
      }),
  };
}

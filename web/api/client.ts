import { ApiError, type Call, createClient } from '../../contract/client.ts';
import { UNATTENDED_HEADER } from '../../contract/unattended.ts';
import type { Session } from './session.ts';

/** The typed client of the browser: same-origin cookie, and an ended session is renewed in place. */
export function createBrowserClient(session: Session, isAttended: () => boolean): Call {
  const call = createClient({
    headers: (): Record<string, string> => (isAttended() ? {} : { [UNATTENDED_HEADER]: '1' }),
  });
  return async (name, input) => {
    for (;;) {
      try {
        return await call(name, input);
      } catch (error) {
        if (!isSessionGone(error) || !isSomebodyWorking(session)) throw error;
        session.expired();
        await session.untilSignedIn(input.signal);
      }
    }
  };
}

/** Whether the server no longer knows who asks. A wrong password is another matter. */
export function isSessionGone(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'unauthenticated';
}

function isSomebodyWorking(session: Session): boolean {
  const { phase } = session.getState();
  return phase === 'signed-in' || phase === 'expired';
}

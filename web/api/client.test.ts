import { afterEach, expect, test, vi } from 'vitest';
import { createBrowserClient } from './client.ts';
import { createSession, type User } from './session.ts';

const user = {
  id: '0190a000-0000-7000-8000-000000000001',
  name: 'Ada',
  email: 'ada@hospital.example',
  role: 'ANNOTATOR',
  status: 'active',
  hospital: null,
  laboratory: null,
  can_sign: false,
  must_change_password: false,
  second_factor: null,
  created_at: '2026-11-23T03:00:00Z',
} as const;
const signedInUser = { ...user } as unknown as User;

const problem = (status: number, code: string) =>
  Response.json(
    { type: 'about:blank', title: code, status, code, detail: `${code}.`, request_id: 'r' },
    { status },
  );

/** Answers requests one after the other and counts them. */
function serve(...replies: (() => Response)[]) {
  const send = vi.fn(async () => (replies.shift() ?? (() => problem(500, 'internal')))());
  vi.stubGlobal('fetch', send);
  return send;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test('a request that meets an ended session waits and is sent again after the sign-in', async () => {
  const send = serve(
    () => problem(401, 'unauthenticated'),
    () => Response.json(user),
  );
  const session = createSession();
  const call = createBrowserClient(session, () => true);
  session.signedIn(signedInUser);
  const answer = call('me', {});
  await vi.waitFor(() => expect(session.getState().phase).toBe('expired'));
  session.signedIn(signedInUser);
  expect((await answer).email).toBe('ada@hospital.example');
  expect(send).toHaveBeenCalledTimes(2);
});

test('before anybody signed in, and for a wrong password, the refusal is passed on', async () => {
  serve(
    () => problem(401, 'unauthenticated'),
    () => problem(401, 'invalid_credentials'),
  );
  const session = createSession();
  const call = createBrowserClient(session, () => true);
  await expect(call('me', {})).rejects.toMatchObject({ code: 'unauthenticated' });
  session.signedIn(signedInUser);
  const login = call('login', { body: { email: 'ada@hospital.example', password: 'x' } });
  await expect(login).rejects.toMatchObject({ code: 'invalid_credentials' });
  expect(session.getState().phase).toBe('signed-in');
});

test('a request that was given up waits for nobody', async () => {
  serve(() => problem(401, 'unauthenticated'));
  const session = createSession();
  const call = createBrowserClient(session, () => true);
  session.signedIn(signedInUser);
  const giveUp = new AbortController();
  const answer = call('me', { signal: giveUp.signal });
  await vi.waitFor(() => expect(session.getState().phase).toBe('expired'));
  giveUp.abort(new Error('left the page'));
  await expect(answer).rejects.toThrow('left the page');
});

test('what nobody at the page caused says so', async () => {
  const send = serve(
    () => Response.json(user),
    () => Response.json(user),
  );
  let isAttended = true;
  const call = createBrowserClient(createSession(), () => isAttended);
  await call('me', {});
  isAttended = false;
  await call('me', {});
  const headers = (send.mock.calls as unknown as [string, RequestInit][]).map(([, { headers }]) => headers);
  expect(headers).toEqual([{}, { 'x-unattended': '1' }]);
});

test('what stands in between and answers in JSON of its own is said as no answer', async () => {
  serve(() => Response.json({ message: 'Service Unavailable' }, { status: 503 }));
  const failure = createBrowserClient(createSession(), () => true)('me', {});
  await expect(failure).rejects.toMatchObject({ status: 503, code: 'unavailable' });
});

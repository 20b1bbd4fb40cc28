import { createHash } from 'node:crypto';
import { AppError, validationFailed } from '../errors.ts';
import type { SharedCounts } from '../http/shared-counts.ts';
import { type Recaptcha, RecaptchaUnavailable } from '../platform/recaptcha.ts';

/** As the page asks for it. */
const ACTION = 'register';
/** Longer than any verifier remembers a token. */
const REMEMBERED_MS = 24 * 3600_000;

interface Parts {
  captcha: Recaptcha;
  counts: SharedCounts;
}

/**
 * Lets a registration pass that comes with a good token, each token once whatever the verifier says of the second time.
 * @throws AppError validation_failed, captcha_refused; unavailable when nobody can tell
 */
export async function checkCaptcha(
  { captcha, counts }: Parts,
  token: string | undefined,
  address: string,
): Promise<void> {
  if (!token) {
    throw validationFailed([
      { path: 'recaptcha_token', message: 'is missing; the registration page sends one' },
    ]);
  }
  const hash = createHash('sha256').update(token).digest('base64url');
  const { count } = await counts.add(`captcha ${hash}`, REMEMBERED_MS);
  const isGood = count === 1 && (await verify(captcha, token, address));
  if (!isGood) {
    throw new AppError(
      'captcha_refused',
      'The captcha was not accepted. Send the form again; if that does not help, ask an administrator for an account.',
    );
  }
}

async function verify(captcha: Recaptcha, token: string, address: string): Promise<boolean> {
  try {
    return await captcha.verify(token, ACTION, address);
  } catch (error) {
    if (!(error instanceof RecaptchaUnavailable)) throw error;
    throw new AppError('unavailable', 'The captcha cannot be checked at the moment. Try again in a minute.', {
      retryAfterS: 60,
      cause: error,
    });
  }
}

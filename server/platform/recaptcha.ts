import { z } from 'zod';

export interface RecaptchaSettings {
  secret: string;
  siteKey: string;
  verifyUrl: string;
}

/** Google's reCAPTCHA v3, or what answers as it does. */
export interface Recaptcha {
  /**
   * @returns whether the token was made on our pages, for this action, by what seems to be a person
   * @throws RecaptchaUnavailable
   */
  verify(token: string, action: string, address: string): Promise<boolean>;
}

/** Nobody can tell whether a token is good. */
export class RecaptchaUnavailable extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`reCAPTCHA cannot be verified: ${reason}`, options);
    this.name = 'RecaptchaUnavailable';
  }
}

const TIMEOUT_MS = 5_000;
const LONGEST_REPLY_BYTES = 16 * 1024;
/** From 0, a machine, to 1; the threshold that Google proposes. */
const LOWEST_SCORE = 0.5;

const Reply = z.object({
  success: z.boolean(),
  hostname: z.string().optional(),
  action: z.string().optional(),
  score: z.number().optional(),
});

/** @param hostname of our pages, as the operator set it and never as a request says */
export function openRecaptcha(
  { secret, verifyUrl }: RecaptchaSettings,
  hostname: string,
  timeoutMs = TIMEOUT_MS,
): Recaptcha {
  return {
    verify: async (token, action, address) => {
      const reply = await ask(verifyUrl, { secret, response: token, remoteip: address }, timeoutMs);
      return (
        reply.success &&
        reply.hostname === hostname &&
        reply.action === action &&
        (reply.score ?? 1) >= LOWEST_SCORE
      );
    },
  };
}

async function ask(url: string, form: Record<string, string>, timeoutMs: number) {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams(form),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new RecaptchaUnavailable(`status ${response.status}`);
    return Reply.parse(JSON.parse(await textOf(response)));
  } catch (error) {
    if (error instanceof RecaptchaUnavailable) throw error;
    throw new RecaptchaUnavailable(error instanceof Error ? error.name : 'no answer', { cause: error });
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    // Leaving the loop closes the connection.
    if (bytes > LONGEST_REPLY_BYTES) throw new RecaptchaUnavailable('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

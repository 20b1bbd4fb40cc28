import { ReaderError } from '../api/error-message.ts';

interface Recaptcha {
  ready(callback: () => void): void;
  execute(siteKey: string, options: { action: string }): Promise<string>;
}

declare global {
  interface Window {
    grecaptcha?: Recaptcha;
  }
}

const SCRIPT = 'https://www.google.com/recaptcha/api.js';
const PATIENCE_MS = 15_000;

/**
 * Loads reCAPTCHA v3, which watches the page without asking anything. Its script is allowed where the operator set a
 * site key, in the document of this page alone: one that was opened for another page makes way for it.
 */
export function loadRecaptcha(siteKey: string): void {
  const [{ name: openedAt }] = performance.getEntriesByType('navigation');
  if (new URL(openedAt).pathname !== window.location.pathname) {
    window.location.reload();
    return;
  }
  const address = `${SCRIPT}?render=${encodeURIComponent(siteKey)}`;
  if (document.querySelector(`script[src="${address}"]`)) return;
  const script = document.createElement('script');
  script.src = address;
  script.async = true;
  document.head.append(script);
}

/** Google's script goes on watching the page it was loaded in, which must not be one that shows patients. */
export function leaveRecaptcha(): void {
  if (document.querySelector(`script[src^="${SCRIPT}"]`)) window.location.reload();
}

export class RecaptchaError extends ReaderError {
  constructor() {
    super(
      'The captcha could not be loaded, and without it nobody can register here. Allow www.google.com in your browser and reload this page, or ask an administrator for an account.',
    );
  }
}

/** @returns a token for one registration @throws RecaptchaError */
export async function drawRecaptchaToken(siteKey: string): Promise<string> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new RecaptchaError()), PATIENCE_MS);
  try {
    const { grecaptcha } = window;
    if (!grecaptcha) throw new RecaptchaError();
    await Promise.race([new Promise<void>((resolve) => grecaptcha.ready(resolve)), late]);
    return await Promise.race([grecaptcha.execute(siteKey, { action: 'register' }), late]);
  } catch {
    throw new RecaptchaError();
  } finally {
    clearTimeout(timer);
  }
}

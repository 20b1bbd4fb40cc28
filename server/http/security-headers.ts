import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** Of reCAPTCHA, as its documentation names them; only where a captcha is asked for. */
const CAPTCHA_SCRIPTS = ['https://www.google.com/recaptcha/', 'https://www.gstatic.com/recaptcha/'];
const CAPTCHA_FRAMES = ['https://www.google.com/recaptcha/', 'https://recaptcha.google.com/recaptcha/'];

interface Origins {
  publicUrl: string;
  /** Of other origins, from where images are fetched too. */
  imageAddress?: string;
  hasCaptcha: boolean;
}

const ONE_YEAR_S = 365 * 24 * 3600;

/** Headers of every answer: nothing runs but our own scripts, nobody frames us, answers of the API are not kept. */
export async function installSecurityHeaders(
  app: FastifyInstance,
  { publicUrl, imageAddress, hasCaptcha }: Origins,
): Promise<void> {
  const imageOrigin = imageAddress === undefined ? [] : [new URL(imageAddress).origin];
  const overTls = new URL(publicUrl).protocol === 'https:';
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // Detection's kernels are WebAssembly; compiling it is allowed, evaluating text as script is not.
        scriptSrc: ["'self'", "'wasm-unsafe-eval'", ...(hasCaptcha ? CAPTCHA_SCRIPTS : [])],
        // Emotion writes its rules into style elements of its own; scripts stay strict, which is what matters.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'blob:', 'data:', ...imageOrigin],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'", ...imageOrigin, ...(hasCaptcha ? CAPTCHA_FRAMES : [])],
        ...(hasCaptcha ? { frameSrc: CAPTCHA_FRAMES } : {}),
        workerSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        ...(overTls ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: overTls ? { maxAge: ONE_YEAR_S } : false,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (request.routeOptions.config?.definition) reply.header('cache-control', 'no-store');
  });
}

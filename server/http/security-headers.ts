import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Of reCAPTCHA, as its documentation names them; for the page of registration where a captcha is asked for. */
const CAPTCHA = {
  scripts: ['https://www.google.com/recaptcha/', 'https://www.gstatic.com/recaptcha/'],
  frames: ['https://www.google.com/recaptcha/', 'https://recaptcha.google.com/recaptcha/'],
};

interface Origins {
  publicUrl: string;
  /** Of other origins, from where images are fetched too. */
  imageAddress?: string;
  hasCaptcha: boolean;
}

const ONE_YEAR_S = 365 * 24 * 3600;

/** A policy holds for a document and all that its scripts show in it, so the web application loads anew around it. */
const isRegistrationPage = ({ url }: FastifyRequest) => /^\/register\/?(\?|$)/.test(url);

/** Headers of every answer: nothing runs but our own scripts, nobody frames us, answers of the API are not kept. */
export async function installSecurityHeaders(
  app: FastifyInstance,
  { publicUrl, imageAddress, hasCaptcha }: Origins,
): Promise<void> {
  const imageOrigin = imageAddress === undefined ? [] : [new URL(imageAddress).origin];
  const overTls = new URL(publicUrl).protocol === 'https:';
  const policy = (captcha?: typeof CAPTCHA) => ({
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      // Detection's kernels are WebAssembly; compiling it is allowed, evaluating text as script is not.
      scriptSrc: ["'self'", "'wasm-unsafe-eval'", ...(captcha?.scripts ?? [])],
      // Emotion writes its rules into style elements of its own; scripts stay strict, which is what matters.
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'blob:', 'data:', ...imageOrigin],
      fontSrc: ["'self'", 'data:'],
      connectSrc: ["'self'", ...imageOrigin, ...(captcha?.frames ?? [])],
      ...(captcha ? { frameSrc: captcha.frames } : {}),
      workerSrc: ["'self'", 'blob:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      ...(overTls ? { upgradeInsecureRequests: [] } : {}),
    },
  });
  await app.register(helmet, {
    contentSecurityPolicy: policy(),
    strictTransportSecurity: overTls ? { maxAge: ONE_YEAR_S } : false,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (hasCaptcha && isRegistrationPage(request)) {
      await reply.helmet({ contentSecurityPolicy: policy(CAPTCHA) });
    }
    if (request.routeOptions.config?.definition) reply.header('cache-control', 'no-store');
  });
}

import type { FastifyInstance } from 'fastify';

/** A connection on which nothing moves for so long is cut, also in the middle of an upload. */
export const SILENCE_LIMIT_MS = 120_000;
const BODY_LIMIT_MS = 30_000;
const WITH_FILES = /^(multipart\/form-data|application\/offset\+octet-stream)\b/i;

/**
 * Cuts connections whose sender takes too long over a body that holds no file: a few bytes now and then would hold them
 * for hours. Files may take their time as long as something moves.
 */
export function cutSlowSenders(app: FastifyInstance, limitMs = BODY_LIMIT_MS): void {
  app.addHook('preParsing', async (request, _, payload) => {
    const {
      'content-type': type = '',
      'content-length': length = '0',
      'transfer-encoding': coding,
    } = request.headers;
    const hasBody = coding !== undefined || Number(length) > 0;
    if (!hasBody || WITH_FILES.test(type)) return payload;
    const limit = setTimeout(() => request.raw.destroy(), limitMs);
    request.raw.once('close', () => clearTimeout(limit)).once('end', () => clearTimeout(limit));
    return payload;
  });
}

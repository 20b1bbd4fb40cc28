import type { FastifyInstance } from 'fastify';

/** A connection on which nothing moves for so long is cut, also in the middle of an upload. */
export const SILENCE_LIMIT_MS = 120_000;
const BODY_LIMIT_MS = 30_000;

/**
 * Cuts connections whose sender takes too long over a body that is no form with files: a few bytes now and then would
 * hold them for hours. Forms may take their time as long as something moves.
 */
export function cutSlowSenders(app: FastifyInstance, limitMs = BODY_LIMIT_MS): void {
  app.addHook('preParsing', async (request, _, payload) => {
    if (/^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '')) return payload;
    const limit = setTimeout(() => request.raw.destroy(), limitMs);
    request.raw.once('close', () => clearTimeout(limit)).once('end', () => clearTimeout(limit));
    return payload;
  });
}

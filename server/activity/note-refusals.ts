import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ReadLog } from './read-log.ts';

const REFUSALS = [403, 404];
const Params = z.record(z.string(), z.uuid());

/** Notes what signed-in users were refused: another role's act, or what is not theirs to see. */
export function noteRefusals(app: FastifyInstance, reads: ReadLog): void {
  app.addHook('onSend', async (request, reply) => {
    const { caller, method } = request;
    const { url: route } = request.routeOptions;
    if (!caller || request.is404 || !REFUSALS.includes(reply.statusCode)) return;
    const params = Params.safeParse(request.params).data;
    await reads
      .note(caller, {
        activityType: 'access.refused',
        description: `Was refused ${method} ${route}`,
        metadata: { status: reply.statusCode, params },
      })
      .catch((error) => request.log.error({ err: error }, 'a refusal could not be noted'));
  });
}

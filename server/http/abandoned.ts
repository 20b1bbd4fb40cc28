import type { FastifyReply } from 'fastify';

/** Aborted once nobody waits for the answer: the caller went away, or has it. */
export function abandonedSignal({ raw }: FastifyReply): AbortSignal {
  const abandoned = new AbortController();
  if (raw.closed) abandoned.abort();
  else raw.once('close', () => abandoned.abort());
  return abandoned.signal;
}

import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../platform/metrics.ts';
import { nameRequest } from '../platform/trace.ts';

const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Tells the metrics of every answer, and traces by which name; streams of events, which last for hours, are no answers. */
export function measureRequests(app: FastifyInstance, metrics: Metrics): void {
  const note = metrics.durations({
    name: 'balscope_http_request_duration_seconds',
    help: 'Time from the request to the end of its answer',
    labels: ['method', 'route', 'status'],
    bucketsS: BUCKETS_S,
  });
  app.addHook('onRequest', async ({ method, routeOptions }) =>
    nameRequest(method, routeOptions.url ?? 'unknown'),
  );
  app.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    if (routeOptions.config?.definition?.response === 'event-stream') return;
    // As declared, never as asked: an address may name a patient's row, and there are too many of them.
    const labels = { method, route: routeOptions.url ?? 'unknown', status: String(reply.statusCode) };
    note(labels, reply.elapsedTime / 1000);
  });
}

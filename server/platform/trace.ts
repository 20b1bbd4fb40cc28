import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { JobHandler } from './jobs.ts';

// The interface of OpenTelemetry does nothing until `tracing.ts` is started.

/** Names the request in progress as its route is declared, never as it was asked for. */
export function nameRequest(method: string, route: string): void {
  trace.getActiveSpan()?.updateName(`${method} ${route}`).setAttribute('http.route', route);
}

/** Where a job comes from, as W3C Trace Context writes it; undefined outside of a trace. */
export function currentTraceparent(): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/** The same handler, each job a part of the trace that it was added in. */
export function traceJobs(handle: JobHandler): JobHandler {
  const tracer = trace.getTracer('balscope');
  return (job) => {
    const { sampleId, retries, traceparent } = job;
    const addedIn = propagation.extract(ROOT_CONTEXT, { traceparent });
    const attributes = { 'balscope.sample_id': sampleId, 'balscope.retries': retries };
    const options = { kind: SpanKind.CONSUMER, attributes };
    return tracer.startActiveSpan('process sample', options, addedIn, async (span) => {
      try {
        await handle(job);
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  };
}

import { createRequire, syncBuiltinESMExports } from 'node:module';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  TracerProvider,
} from '@opentelemetry/sdk-trace';

/** Everything else stays here: addresses hold identifiers and search words, messages of errors the values of rows. */
const TOLD = new Set([
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'server.address',
  'server.port',
  'error.type',
  'db.system.name',
  'db.namespace',
  'db.operation.name',
  'balscope.sample_id',
  'balscope.retries',
]);
const FLUSH_WITHIN_MS = 3000;

/**
 * Sends traces of requests, SQL, calls and jobs to an OpenTelemetry collector, in JSON over HTTP. Loaded only where one
 * is configured.
 * @param endpoint the collector's address, without /v1/traces
 * @param headers sent along, such as a key of the collector
 */
export function startTracing(
  serviceName: string,
  { endpoint, headers }: { endpoint: string; headers: Record<string, string> },
): AsyncDisposable {
  const exporter = withoutContents(
    new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, headers }),
  );
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: FLUSH_WITHIN_MS })],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  instrument();
  return {
    [Symbol.asyncDispose]: () =>
      provider
        .forceFlush({ timeoutMillis: FLUSH_WITHIN_MS })
        .then(() => provider.shutdown())
        // A collector that is away keeps no process from ending.
        .catch(() => {}),
  };
}

/**
 * Instrumentations change a module when it is required. That works after ECMAScript modules have imported it, since
 * they change its objects in place: no loader is needed.
 */
function instrument(): void {
  // Polls of the queue and heartbeats belong to no request: without a parent they are not told.
  new HttpInstrumentation({ requireParentforOutgoingSpans: true });
  new PgInstrumentation({ requireParentSpan: true });
  const require = createRequire(import.meta.url);
  for (const name of ['http', 'https', 'pg']) require(name);
  syncBuiltinESMExports();
}

function withoutContents(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans.map(withoutContent), done),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

function withoutContent(span: ReadableSpan): ReadableSpan {
  const attributes = Object.fromEntries(Object.entries(span.attributes).filter(([name]) => TOLD.has(name)));
  return Object.create(span, {
    attributes: { value: attributes },
    events: { value: [] },
    status: { value: { code: span.status.code } },
  });
}

import { STATUS_CODES } from 'node:http';
import type { FastifySchema } from 'fastify';
import { z } from 'zod';
import { addressesOf } from '../../contract/api.ts';
import { ERROR_CODES, ERRORS, Problem } from '../../contract/errors.ts';
import { LiveEvent } from '../../contract/events.ts';
import { exampleOf, exampleProblem } from '../../contract/examples.ts';
import { errorCodesOf, type RouteDefinition, statusesOf } from '../../contract/route.ts';
import { UploadFields } from '../../contract/samples.ts';
import { csvColumns } from './csv-columns.ts';

const { type: event, ...data } = exampleOf(LiveEvent, 'output') as z.infer<typeof LiveEvent>;
/** Of answers that are no JSON, with an example where it can be read. */
const MEDIA_TYPES = {
  binary: ['application/octet-stream'],
  text: ['text/plain', 'balscope_database_waiting 0'],
  'event-stream': ['text/event-stream', `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`],
} as const;

type JsonSchema = Record<string, unknown>;

/** What the descriptions of routes refer to. */
export const COMPONENTS = {
  schemas: { Problem: z.toJSONSchema(Problem) as object },
  examples: Object.fromEntries(ERROR_CODES.map((code) => [code, { value: exampleProblem(code) }])),
};
const SIGNED_IN: Record<string, string[]>[] = [{ token: [] }, { session: [] }];
const FILES: JsonSchema = { type: 'array', items: { type: 'string', format: 'binary' } };

/** Adds to a route's OpenAPI description what its zod schemas do not say. */
export function describeRoute(definition: RouteDefinition, schema: FastifySchema): FastifySchema {
  return {
    ...schema,
    // The library renames every HEAD, in case it answers beside a GET of the same name; ours have names of their own.
    operationId: schema.operationId?.replace(/-head$/, ''),
    description: remarksOn(definition),
    ...bodyOf(definition, schema),
    ...headersOf(definition),
    security: definition.access === 'public' ? [] : SIGNED_IN,
    response: { ...problemsOf(definition), ...successOf(definition, schema.response as JsonSchema) },
  };
}

function remarksOn(definition: RouteDefinition): string | undefined {
  const [{ access: usual }, ...others] = addressesOf(definition);
  const addresses = others.map(
    ({ path, access }) =>
      `\`${path.replace(/:(\w+)/g, '{$1}')}\`${access === usual ? '' : ' (administrators only)'}`,
  );
  const { notIdempotentBecause: reason } = definition;
  const remarks = [
    ...(addresses.length > 0 ? [`Also at ${addresses.join(' and ')}.`] : []),
    ...(reason ? [`Takes no Idempotency-Key: ${reason}.`] : []),
  ];
  return remarks.length > 0 ? remarks.join(' ') : undefined;
}

function bodyOf({ consumes, body }: RouteDefinition, schema: FastifySchema): FastifySchema {
  if (!consumes && !body) return { body: undefined };
  if (!consumes) return { body: withExample(schema.body as JsonSchema, body) };
  if (consumes === 'bytes') {
    return { consumes: ['application/offset+octet-stream'], body: { type: 'string', format: 'binary' } };
  }
  const fields = body ?? UploadFields;
  const { properties } = z.toJSONSchema(fields, { io: 'input' }) as { properties?: JsonSchema };
  return {
    consumes:
      consumes === 'multipart' ? ['multipart/form-data'] : ['application/json', 'multipart/form-data'],
    body: withExample({ type: 'object', properties: { file: FILES, ...properties } }, fields),
  };
}

function withExample(schema: JsonSchema, of: z.ZodType | undefined): JsonSchema {
  return of ? { ...schema, examples: [exampleOf(of, 'input')] } : schema;
}

function headersOf({ versioned, idempotent }: RouteDefinition): FastifySchema {
  const properties: JsonSchema = {
    ...(versioned ? { 'If-Match': text('The version you are changing.') } : {}),
    ...(idempotent ? { 'Idempotency-Key': text('The same key and body again answer the saved reply.') } : {}),
  };
  if (Object.keys(properties).length === 0) return {};
  return { headers: { type: 'object', properties, required: versioned ? ['If-Match'] : [] } };
}

/** Each status with the codes that it may have. */
function problemsOf(definition: RouteDefinition): JsonSchema {
  const byStatus = Map.groupBy(errorCodesOf(definition), (code) => ERRORS[code][0]);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => {
      const description = codes.map((code) => `\`${code}\`: ${ERRORS[code][1]}`).join('. ');
      const examples = Object.fromEntries(
        codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
      );
      const schema = { $ref: '#/components/schemas/Problem' };
      return [status, { description, content: { 'application/problem+json': { schema, examples } } }];
    }),
  );
}

function successOf(definition: RouteDefinition, schemas: JsonSchema): JsonSchema {
  return Object.fromEntries(
    statusesOf(definition).map((status) => {
      const description = STATUS_CODES[status] ?? String(status);
      return [status, { description, ...contentOf(definition, status, schemas[status]) }];
    }),
  );
}

function contentOf(definition: RouteDefinition, status: number, schema: unknown): JsonSchema {
  const { response, csv } = definition;
  if (typeof response !== 'string') {
    const json = { 'application/json': { schema, example: exampleOf(response, 'output') } };
    return { content: csv === undefined ? json : { ...json, 'text/csv': csvOf(definition) } };
  }
  if (response === 'empty' || status >= 300) return { type: 'null' };
  const [type, example] = MEDIA_TYPES[response];
  return { content: { [type]: { schema: { type: 'string' }, ...(example ? { example } : {}) } } };
}

/** The first line: what a page has under the same names. */
function csvOf(definition: RouteDefinition): JsonSchema {
  const names = csvColumns(definition).map(({ header }) => `"${header}"`);
  return { schema: { type: 'string' }, example: `${names.join(',')}\r\n` };
}

function text(description: string): JsonSchema {
  return { type: 'string', description };
}

import type { FastifySchema } from 'fastify';
import { z } from 'zod';
import { addressesOf } from '../../contract/api.ts';
import { type RouteDefinition, statusesOf } from '../../contract/route.ts';
import { UploadFields } from '../../contract/samples.ts';

const NOT_MODIFIED = 304;
const MEDIA_TYPES = {
  binary: 'application/octet-stream',
  text: 'text/plain',
  'event-stream': 'text/event-stream',
} as const;

type JsonSchema = Record<string, unknown>;

const SIGNED_IN: Record<string, string[]>[] = [{ token: [] }, { session: [] }];
const FILES: JsonSchema = { type: 'array', items: { type: 'string', format: 'binary' } };

/** Adds to a route's OpenAPI description what its zod schemas do not say. */
export function describeRoute(definition: RouteDefinition, schema: FastifySchema): FastifySchema {
  return {
    ...schema,
    // The library renames every HEAD, in case it answers beside a GET of the same name; ours have names of their own.
    operationId: schema.operationId?.replace(/-head$/, ''),
    ...otherAddressesOf(definition),
    ...bodyOf(definition),
    ...headersOf(definition),
    security: definition.access === 'public' ? [] : SIGNED_IN,
    response: { ...bytesOf(definition), ...(schema.response as JsonSchema) },
  };
}

function otherAddressesOf(definition: RouteDefinition): FastifySchema {
  const [{ access: usual }, ...others] = addressesOf(definition);
  if (others.length === 0) return {};
  const said = others.map(
    ({ path, access }) =>
      `\`${path.replace(/:(\w+)/g, '{$1}')}\`${access === usual ? '' : ' (administrators only)'}`,
  );
  return { description: `Also at ${said.join(' and ')}.` };
}

function bodyOf({ consumes, body }: RouteDefinition): FastifySchema {
  if (!consumes) return {};
  if (consumes === 'bytes') {
    return { consumes: ['application/offset+octet-stream'], body: { type: 'string', format: 'binary' } };
  }
  const fields = z.toJSONSchema(body ?? UploadFields, { io: 'input' }) as { properties?: JsonSchema };
  return {
    consumes:
      consumes === 'multipart' ? ['multipart/form-data'] : ['application/json', 'multipart/form-data'],
    body: { type: 'object', properties: { file: FILES, ...fields.properties } },
  };
}

function headersOf({ versioned, idempotent }: RouteDefinition): FastifySchema {
  const properties: JsonSchema = {
    ...(versioned ? { 'If-Match': text('The version you are changing.') } : {}),
    ...(idempotent ? { 'Idempotency-Key': text('The same key and body again answer the saved reply.') } : {}),
  };
  if (Object.keys(properties).length === 0) return {};
  return { headers: { type: 'object', properties, required: versioned ? ['If-Match'] : [] } };
}

function bytesOf(definition: RouteDefinition): JsonSchema {
  const { response } = definition;
  if (typeof response !== 'string') return {};
  if (response === 'empty') {
    return Object.fromEntries(
      statusesOf(definition).map((status) => [status, { description: 'Status and headers say it' }]),
    );
  }
  const content = { [MEDIA_TYPES[response]]: { schema: { type: 'string' } } };
  return Object.fromEntries(
    statusesOf(definition).map((status) => [
      status,
      status === NOT_MODIFIED
        ? { description: 'What the client has' }
        : { description: 'The bytes', content },
    ]),
  );
}

function text(description: string): JsonSchema {
  return { type: 'string', description };
}

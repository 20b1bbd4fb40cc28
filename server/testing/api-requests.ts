import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { api, type RouteName } from '../../contract/api.ts';
import { type IdPlace, type JsonSchema, type Operation, type RowKind, rowNamedAt } from './api-operations.ts';
import { TEST_PASSWORD } from './factories.ts';

/** A request before it is sent, as plain data, so that a failing one can be read. */
export interface ApiRequest {
  name: RouteName;
  method: Operation['method'];
  url: string;
  headers: Record<string, string>;
  /** JSON, or the text fields of a form, or bytes as text. */
  body?: unknown;
  kind: 'json' | 'form' | 'bytes' | 'none';
  /** Of a form. */
  files: { name: string; bytes: Uint8Array }[];
}

export type Ids = Record<RowKind, string>;

/** What a schema alone does not say: which values go together. */
const FITTING: Partial<Record<RouteName, (body: Record<string, unknown>, ids: Ids) => object>> = {
  annotate: ({ annotations, ...body }) => {
    const given = annotations as { id?: string }[];
    const cell = {
      cell_coordinates: { x: 1, y: 1, width: 9, height: 9 },
      cell_type: 'WBC-Lymphocyte',
      ...(body.run_id ? { source: 'detection', detection_index: 0 } : {}),
    };
    const fitting = given.map((one) => ({ ...one, ...cell, ...(one.id ? { version: 1 } : {}) }));
    return { ...body, annotations: fitting.length > 0 ? fitting : [cell] };
  },
  reprocessSamples: (body, { sample }) =>
    body.job_ids || body.filter ? body : { ...body, job_ids: [sample] },
  openEmergencyAccess: (body, { patient }) => ({
    ...body,
    identifier: { value: patient, type: 'MRN', issuer: 'World' },
  }),
  logActivity: (body) => ({ ...body, activity_type: 'note' }),
  uploadImages: (body, { patient }) => ({ patient_id: patient, ...body }),
  createUser: (body, { hospital }) => ({ role: 'UPLOADER', hospital: { id: hospital }, ...body }),
};

/**
 * The shortest request that the description allows.
 * @param ids stand where it asks for a row
 * @param wanted an id to put in one place, which is filled even where it is optional
 */
export function shortestRequest(
  operation: Operation,
  ids: Ids,
  wanted?: { place: IdPlace; id: string },
): ApiRequest {
  const valueAt = (part: IdPlace['part'], schema: JsonSchema, fields: string[]): unknown => {
    const isWanted = (inner: string[]) =>
      wanted?.place.part === part && inner.every((field, at) => wanted.place.fields[at] === field);
    const shortest = (one: JsonSchema, at: string[]): unknown => {
      const options = one.anyOf ?? one.oneOf;
      if (options) {
        const leading = isWanted(at)
          ? options.find((option) => option.properties ?? option.items)
          : undefined;
        return shortest(leading ?? options[0], at);
      }
      if (one.const !== undefined) return one.const;
      if (one.enum) return one.enum[0];
      if (one.format === 'uuid') {
        const id = ids[rowNamedAt(operation, { part, fields: at })];
        return isWanted(at) && wanted?.place.fields.length === at.length ? wanted.id : id;
      }
      switch (one.type) {
        case 'object':
          return Object.fromEntries(
            Object.entries(one.properties ?? {})
              .filter(([key]) => one.required?.includes(key) || isWanted([...at, key]))
              .map(([key, inner]) => [key, shortest(inner, [...at, key])]),
          );
        case 'array':
          return Array.from({ length: one.minItems ?? (isWanted(at) ? 1 : 0) }, () =>
            shortest(one.items ?? {}, at),
          );
        case 'integer':
        case 'number':
          return Math.max(
            one.minimum ?? 0,
            one.exclusiveMinimum === undefined ? 0 : one.exclusiveMinimum + 1,
          );
        case 'boolean':
          return false;
        case 'null':
          return null;
        default:
          if (at.at(-1) === 'current_password') return TEST_PASSWORD;
          return TEXT_BY_FORMAT[one.format ?? ''] ?? 'x'.repeat(one.minLength ?? 0);
      }
    };
    return shortest(schema, fields);
  };
  const parameters = operation.parameters
    .filter(
      ({ in: part, name, required }) =>
        required || (wanted?.place.part === part && wanted.place.fields[0] === name),
    )
    .map(({ in: part, name, schema }) => ({
      part,
      name,
      value: part === 'header' ? '1' : valueAt(part, schema, [name]),
    }));
  const body = operation.body && (valueAt('body', operation.body.schema, []) as Record<string, unknown>);
  return assemble(operation, parameters, body && (FITTING[operation.name]?.(body, ids) ?? body));
}

const TEXT_BY_FORMAT: Record<string, string> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00.000Z',
  email: 'someone@example.org',
};

function assemble(
  { name, method, path, body: described }: Operation,
  parameters: readonly { part: string; name: string; value: unknown }[],
  body: unknown,
): ApiRequest {
  const search = new URLSearchParams();
  const headers: Record<string, string> = {};
  let url = path;
  for (const parameter of parameters) {
    const value = typeof parameter.value === 'string' ? parameter.value : JSON.stringify(parameter.value);
    if (value === undefined) continue;
    if (parameter.part === 'path')
      url = url.replace(`{${parameter.name}}`, encodeURIComponent(value.toWellFormed()));
    else if (parameter.part === 'query') search.append(parameter.name, value.toWellFormed());
    else headers[parameter.name.toLowerCase()] = value;
  }
  if (search.size > 0) url += `?${search}`;
  const kind = described?.kind ?? (body === undefined ? 'none' : 'json');
  return { name, method, url, headers: { ...resumableHeaders(name), ...headers }, body, kind, files: [] };
}

/** What the protocol of resumable uploads (tus) says in headers. */
function resumableHeaders(name: RouteName): Record<string, string> {
  if (!api[name].path.startsWith('/uploads')) return {};
  return { 'tus-resumable': '1.0.0', 'upload-length': '10', 'upload-offset': '0' };
}

/** What an attacker or a careless program writes anywhere. */
const hostile = fc.constantFrom<unknown>(
  null,
  '',
  ' ',
  '\u0000',
  "' or 1=1--",
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '%00',
  '\ud800',
  'a'.repeat(5000),
  '2026-02-30T25:00:00Z',
  'NaN',
  -1,
  0,
  1.5,
  1e308,
  2 ** 53,
  true,
  [],
  {},
  [[[[]]]],
  JSON.parse('{"__proto__":{"role":"ADMIN"},"constructor":{"prototype":{}}}'),
);

const ONE_IN = 40;

/**
 * Requests of one operation, valid ones and mutated ones.
 * @param idOf where a row is asked for: ids that exist, of one's own and of others, and ids that do not
 */
export function requestsOf(
  operation: Operation,
  idOf: (row: RowKind) => fc.Arbitrary<string>,
  files: fc.Arbitrary<ApiRequest['files']>,
): fc.Arbitrary<ApiRequest> {
  const valueAt =
    (part: IdPlace['part']) =>
    (schema: JsonSchema, fields: string[]): fc.Arbitrary<unknown> => {
      const fitting = (one: JsonSchema, at: string[]): fc.Arbitrary<unknown> => {
        const options = one.anyOf ?? one.oneOf;
        if (options) return fc.oneof(...options.map((option) => fitting(option, at)));
        if (one.const !== undefined) return fc.constant(one.const);
        if (one.enum) return fc.constantFrom(...one.enum);
        if (one.format === 'uuid') return idOf(rowNamedAt(operation, { part, fields: at }));
        switch (one.type) {
          case 'object':
            return objects(one, at);
          case 'array':
            return fc.array(mutated(one.items ?? {}, at), {
              minLength: one.minItems ?? 0,
              maxLength: Math.max(one.minItems ?? 0, Math.min(one.maxItems ?? 3, 3)),
            });
          case 'integer':
          case 'number': {
            const min = Math.max(one.minimum ?? one.exclusiveMinimum ?? -5, -5);
            const max = Math.max(12, min + 12);
            return one.type === 'integer' ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
          }
          case 'boolean':
            return fc.boolean();
          case 'null':
            return fc.constant(null);
          default:
            return texts(one);
        }
      };
      const objects = (one: JsonSchema, at: string[]) =>
        fc
          .tuple(
            fc.record(
              Object.fromEntries(
                Object.entries(one.properties ?? {}).map(([key, inner]) => [
                  key,
                  mutated(inner, [...at, key]),
                ]),
              ),
              { requiredKeys: one.required ?? [] },
            ),
            seldom(fc.tuple(fc.constantFrom('role', 'status', 'password_hash', '__proto__', 'x'), hostile)),
          )
          .map(([object, extra]) => (extra ? Object.assign({ [extra[0]]: extra[1] }, object) : object));
      const mutated = (one: JsonSchema, at: string[]): fc.Arbitrary<unknown> =>
        fc.oneof({ weight: ONE_IN, arbitrary: fitting(one, at) }, { weight: 1, arbitrary: hostile });
      return mutated(schema, fields);
    };
  const parameters = operation.parameters.map(({ in: part, name, schema, required }) =>
    part === 'header'
      ? fc
          .constantFrom('1', '1', '1', '2', '"1"', 'x', '0', '99999999999', undefined)
          .map((value) => ({ part, name, value }))
      : (required ? valueAt(part)(schema, [name]) : seldom(valueAt(part)(schema, [name]), 3)).map(
          (value) => ({
            part,
            name,
            value,
          }),
        ),
  );
  const body = operation.body ? valueAt('body')(operation.body.schema, []) : seldom(hostile);
  return fc
    .tuple(
      fc.tuple(...parameters),
      body,
      operation.body?.kind === 'form' ? files : fc.constant<ApiRequest['files']>([]),
    )
    .map(([given, content, sent]) => ({ ...assemble(operation, given, content), files: sent }));
}

function seldom<T>(arbitrary: fc.Arbitrary<T>, oneIn = ONE_IN): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: oneIn }).map((value) => value);
}

/** Words that occur in the data, so that some requests lead on. */
const WORDS = ['WBC-Lymphocyte', 'normal', 'tree', TEST_PASSWORD, 'Ada', 'x'];

function texts({ format, minLength = 0, maxLength = 40 }: JsonSchema): fc.Arbitrary<string> {
  switch (format) {
    case 'date':
      return fc.constantFrom('1960-02-29', '2026-01-31', '0001-01-01');
    case 'date-time':
      return fc.constantFrom('2026-01-31T12:00:00.000Z', '1970-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z');
    case 'email':
      return fc.integer({ min: 1, max: 10_000 }).map((number) => `user${number}@example.org`);
    default:
      return fc.oneof(
        fc.constantFrom(...WORDS),
        fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 30)), unit: 'grapheme' }),
      );
  }
}

/** The request as it is put to the application. */
export async function injectable(
  { method, url, headers, body, kind, files }: ApiRequest,
  token: string | undefined,
): Promise<InjectOptions> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const request = (type: string, payload: string | Buffer) => ({
    method,
    url,
    headers: { ...headers, ...authorization, 'content-type': type },
    payload,
  });
  if (kind === 'form') {
    const form = new FormData();
    for (const [key, value] of Object.entries((body ?? {}) as object)) {
      if (value !== undefined) form.append(key, typeof value === 'string' ? value : JSON.stringify(value));
    }
    for (const { name, bytes } of files) form.append('file', new Blob([Buffer.from(bytes)]), name);
    const whole = new Request('http://balscope.test', { method: 'POST', body: form });
    return request(whole.headers.get('content-type') ?? '', Buffer.from(await whole.arrayBuffer()));
  }
  if (kind === 'bytes') return request('application/offset+octet-stream', Buffer.from(String(body)));
  if (body === undefined) return { method, url, headers: { ...headers, ...authorization } };
  return request('application/json', JSON.stringify(body));
}

/** Sends it again while the server says that the machine is too busy, which it also does after a slow start. */
export async function injectPatiently(app: Pick<FastifyInstance, 'inject'>, request: InjectOptions) {
  for (;;) {
    const response = await app.inject(request);
    if (response.statusCode !== 503 || !/more to do than it can/.test(response.payload)) return response;
    await delay(200);
  }
}

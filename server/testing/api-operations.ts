import type { FastifyInstance } from 'fastify';
import { api, type RouteName } from '../../contract/api.ts';
import type { RouteDefinition } from '../../contract/route.ts';

/** As much of JSON Schema as the OpenAPI document uses. */
export interface JsonSchema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  default?: unknown;
}

interface Parameter {
  in: 'path' | 'query' | 'header';
  name: string;
  required?: boolean;
  schema: JsonSchema;
}

/** One operation of the OpenAPI document, with its route. */
export interface Operation {
  name: RouteName;
  route: RouteDefinition;
  method: RouteDefinition['method'];
  /** With {names}. */
  path: string;
  parameters: Parameter[];
  body: { schema: JsonSchema; kind: 'json' | 'form' | 'bytes'; isRequired: boolean } | undefined;
  statuses: number[];
}

interface Described {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, unknown>;
}

/** Reads every operation from the document that the application serves. */
export async function readOperations(app: Pick<FastifyInstance, 'inject'>): Promise<Operation[]> {
  const { paths } = (await app.inject('/api/v1/openapi.json')).json() as {
    paths: Record<string, Record<string, Described>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.values(methods).map((described) => operationOf(path, described)),
  );
}

function operationOf(
  path: string,
  { operationId, parameters = [], requestBody, responses }: Described,
): Operation {
  const name = operationId as RouteName;
  const route: RouteDefinition = api[name];
  const [kind, content] = contentOf(requestBody?.content ?? {});
  return {
    name,
    route,
    method: route.method,
    path,
    parameters,
    body: content && {
      schema: content.schema,
      kind,
      isRequired: requestBody?.required ?? false,
    },
    statuses: Object.keys(responses).map(Number),
  };
}

function contentOf(
  content: Record<string, { schema: JsonSchema }>,
): readonly ['json' | 'form' | 'bytes', { schema: JsonSchema } | undefined] {
  if (content['application/json']) return ['json', content['application/json']];
  if (content['multipart/form-data']) return ['form', content['multipart/form-data']];
  return ['bytes', content['application/offset+octet-stream']];
}

/** Whether it is an act of administration, which goes beyond what is the administrator's own. */
export const isAdministration = ({ route: { access } }: Operation) =>
  access !== 'public' && access.every((role) => role === 'ADMIN');

const ROW_BY_FIELD: Record<string, RowKind> = {
  patient_id: 'patient',
  lavage_id: 'lavage',
  slide_id: 'slide',
  sample_id: 'sample',
  job_id: 'sample',
  job_ids: 'sample',
  after: 'sample',
  run_id: 'run',
  reading_id: 'reading',
  annotations: 'annotation',
  removed: 'annotation',
  hospital: 'hospital',
  hospital_id: 'hospital',
  laboratory_id: 'laboratory',
  user_id: 'user',
  created_by: 'user',
  user_ids: 'user',
  annotation_ids: 'annotation',
  patient_annotation_ids: 'diagnosis',
  uploader_id: 'user',
  entity_id: 'patient',
};
const ROW_BY_FOLDER: Record<string, RowKind> = {
  lavages: 'lavage',
  slides: 'slide',
  readings: 'reading',
  annotations: 'annotation',
  'sample-annotations': 'annotation',
  'patient-annotations': 'diagnosis',
  sessions: 'session',
  users: 'user',
  hospitals: 'hospital',
  uploads: 'upload',
  'emergency-accesses': 'emergency',
};

export type RowKind =
  | 'patient'
  | 'lavage'
  | 'slide'
  | 'sample'
  | 'run'
  | 'reading'
  | 'annotation'
  | 'diagnosis'
  | 'session'
  | 'upload'
  | 'user'
  | 'hospital'
  | 'laboratory'
  | 'emergency';

/** Where in a request an id stands, such as path id, query patient_id, body annotations id. */
export interface IdPlace {
  part: 'path' | 'query' | 'body';
  /** Names from the outside in. */
  fields: string[];
  row: RowKind;
}

/** Every place of the operation that takes an id. @throws Error for one that nobody has said what row it names */
export function idPlacesOf(operation: Operation): IdPlace[] {
  const inParameters = operation.parameters.flatMap(({ in: part, name, schema }) =>
    part === 'header' ? [] : placesIn(schema, [name]).map((fields) => ({ part, fields })),
  );
  const inBody = operation.body
    ? placesIn(operation.body.schema, []).map((fields) => ({ part: 'body' as const, fields }))
    : [];
  return [...inParameters, ...inBody].map((place) => ({ ...place, row: rowNamedAt(operation, place) }));
}

function placesIn(schema: JsonSchema, fields: string[]): string[][] {
  if (schema.format === 'uuid') return [fields];
  return [
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((one) => placesIn(one, fields)),
    ...(schema.items ? placesIn(schema.items, fields) : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, one]) => placesIn(one, [...fields, name])),
  ];
}

export function rowNamedAt(
  { name, path }: Pick<Operation, 'name' | 'path'>,
  { part, fields }: Pick<IdPlace, 'part' | 'fields'>,
): RowKind {
  const field = fields.findLast((one) => one !== 'id');
  const folder = /\/([^/]+)\/\{id\}/.exec(path)?.[1];
  const row = part === 'path' && fields[0] === 'id' ? ROW_BY_FOLDER[folder ?? ''] : ROW_BY_FIELD[field ?? ''];
  if (!row) {
    throw new Error(
      `${name}: say in server/testing/api-operations.ts which row the id at ${part} ${fields.join('.')} names`,
    );
  }
  return row;
}

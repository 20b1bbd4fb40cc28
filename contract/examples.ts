import { z } from 'zod';
import { ERRORS, type ErrorCode, Problem } from './errors.ts';

/** What a field holds, by its wire name; with the name of the object around it where that decides. */
export const EXAMPLES: Record<string, unknown> = {
  access_token: 'eyJhbGciOiJIUzI1NiJ9.eyJzaWQiOiIwMTk5In0.Zm9yIGRvY3VtZW50YXRpb24',
  accession_number: 'BAL-2026-0412',
  activity_type: 'note',
  age: 64,
  attempts: 1,
  'annotations.source': 'detection',
  complete: 2,
  address: '192.0.2.14',
  adequacy_reasons: 'Fewer than ten macrophages per field',
  area_px: 1840.5,
  by: 'Grace Okafor',
  cell_count: 184,
  cell_type: 'WBC-Lymphocyte',
  cells_per_ml: 210_000,
  cells_still_needed: 116,
  code: 'WBC-Lymphocyte',
  'adequacy.code': 'recovery',
  'adequacy.name': 'Recovered volume',
  'diagnoses.code': 'D86.0',
  'diagnosis.code': 'D86.0',
  'rules.code': 'lymphocytic',
  color: '#d55e00',
  comments: 'Small mature forms',
  confidence: 0.93,
  contact: '+1 555 0100',
  count: 42,
  count_target: 300,
  counted_up_to: 10_000,
  current_password: 'four green lavages',
  decoder: 'sharp 0.35.5, libvips 8.18.0',
  default: 20,
  description: 'Diameter of a typical nucleus at working scale',
  'body.description': 'Called the ward about the result',
  detail: '42 of 184 immune cells',
  detection: { min_area: 0.3 },
  detection_index: 12,
  diagnoses: 'Sarcoidosis of lung',
  diagnosis: 'D86.0',
  downscale: 1.8,
  duration_ms: 410,
  email: 'grace.okafor@example.org',
  engine: 'tree',
  engines: 'tree',
  entity_type: 'patient',
  error: null,
  'last_errors.error': 'The image is damaged: premature end of file.',
  'recent_failures.error': 'The image is damaged: premature end of file.',
  event: 'uploaded',
  excluded_because: 'Out of focus',
  expires_in: 3600,
  fallback_reason: null,
  finding: 'Lymphocytes above 15 %',
  format: 'jpeg',
  geometry: [812, 640, 858, 652, 849, 690, 818, 684],
  hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  height: 1518,
  'box.height': 52,
  'cell_coordinates.height': 52,
  'cells.height': 52,
  hospital: 'Lakeside Hospital',
  'hospital.name': 'Lakeside Hospital',
  image_url: '/api/v1/objects/display-signed',
  immune_count: 184,
  instilled_ml: 150,
  inference_status: 'completed',
  issuer: 'Lakeside Hospital',
  kappa: 0.86,
  key: '2',
  label: 'Cytospin 1',
  laboratory: 'Lakeside Cytology',
  'laboratory.name': 'Lakeside Cytology',
  length_bytes: 4_812_033,
  link: 'https://balscope.example.org/password#b3zR1ZfT0wQ',
  locale: 'en-GB',
  location: 'Lakes',
  lower_percent: 17.4,
  matched: 180,
  max_messages: 100,
  message: 'Too small: expected number to be >=0',
  metadata: { device: 'microscope 2' },
  microns_per_pixel: 0.12,
  model_labels: { lymphocyte: 'WBC-Lymphocyte' },
  name: 'Grace Okafor',
  'cell_types.name': 'Lymphocyte',
  'detection_presets.name': 'Pale stain',
  'diagnoses.name': 'Sarcoidosis of lung',
  'diagnosis.name': 'Sarcoidosis of lung',
  'parameters.name': 'nucleus_diameter',
  'patient.name': 'Anna Lind',
  'presets.name': 'Pale stain',
  'rows.name': 'Lymphocyte',
  new_password: 'seven quiet herons',
  next: null,
  nucleated_count: 195,
  objective: '40×',
  older_than_s: 60,
  one_time_password: 'tidy-lynx-8417-moss',
  original_filename: 'field_01.jpg',
  original_url: '/api/v1/objects/original-signed',
  otpauth_uri: 'otpauth://totp/BALscope:grace.okafor@example.org?secret=JBSWY3DPEHPK3PXP&issuer=BALscope',
  outline: [
    [812, 640],
    [858, 652],
    [818, 684],
  ],
  page: 1,
  parameters: { nucleus_diameter: 22 },
  password: 'four green lavages',
  path: 'age',
  pattern: 'Lymphocytic',
  per_page: 25,
  percent_immune: 22.8,
  percent_nucleated: 21.5,
  preparation: 'cytospin',
  presets: null,
  question: 'Sarcoidosis?',
  reads_as: 'Compatible with sarcoidosis or hypersensitivity pneumonitis',
  reason: 'Respiratory failure; the earlier result is needed now',
  recaptcha_site_key: null,
  recaptcha_token: '03AFcWeA5',
  recovered_ml: 82,
  refresh_token: 'eyJhbGciOiJIUzI1NiJ9.eyJnZW4iOjF9.Zm9yIGRvY3VtZW50YXRpb24',
  request_id: '0199c2a4-9d10-7c2e-8f41-52b7c9d0e3aa',
  requester: 'Dr Mehta, pulmonology',
  s3_key: 'samples/0199c2a4-7b1e-7f3a-9c55-0d2f6a1e8b01/original',
  secret: 'JBSWY3DPEHPK3PXP',
  settings_version: 3,
  sha256: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
  site: 'Right middle lobe',
  size_bytes: 4_812_033,
  source: 'BAL guideline of the American Thoracic Society, 2012',
  stain: 'May-Grünwald-Giemsa',
  system: 'ICD-10-CM',
  thumbnail_url: '/api/v1/objects/thumbnail-signed',
  tiles: null,
  token: 'b3zR1ZfT0wQ',
  total: 1,
  'fields.total': 3,
  totp: '492039',
  type: 'MRN',
  unit: 'working px',
  upper_percent: 29.4,
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
  value: '4711',
  version: '1.3.0',
  'diagnoses.version': '2025',
  viability_percent: 94,
  width: 2012,
  'box.width': 46,
  'cell_coordinates.width': 46,
  'cells.width': 46,
  x: 812,
  y: 640,
};

const BY_FORMAT: Record<string, string> = {
  uuid: '0199c2a4-7b1e-7f3a-9c55-0d2f6a1e8b01',
  'date-time': '2026-03-02T09:30:00.000Z',
  date: '1961-08-14',
  email: 'grace.okafor@example.org',
  uri: 'https://balscope.example.org',
};

/** One id and one time are as good as another. */
const NEVER_NAMED = new Set(['uuid', 'date-time', 'date']);

/** As much of JSON Schema as zod makes of the contract. */
interface JsonSchema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  format?: string;
  minimum?: number;
  exclusiveMinimum?: number;
  examples?: unknown[];
}

/**
 * A value of this schema as the wire has it, for the documentation: put together field by field, all optional ones
 * too. A schema whose fields do not go together in every way says so by an example of its own (`meta`).
 */
export function exampleOf(schema: z.ZodType, direction: 'input' | 'output'): unknown {
  return compose(z.toJSONSchema(schema, { io: direction }) as JsonSchema, [
    direction === 'input' ? 'body' : 'answer',
  ]);
}

/** @param path names of the fields around the value, from the outside in */
function compose(schema: JsonSchema, path: string[]): unknown {
  const { examples, type, items, prefixItems, properties } = schema;
  if (examples) return examples[0];
  for (const name of [path.slice(-2).join('.'), path.at(-1) ?? '']) {
    if (name in EXAMPLES && mayBe(schema, EXAMPLES[name])) return EXAMPLES[name];
  }
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return compose(options[0], path);
  switch ([type].flat()[0]) {
    case 'object':
      return Object.fromEntries(
        Object.entries(properties ?? {}).map(([key, inner]) => [key, compose(inner, [...path, key])]),
      );
    case 'array':
      return (prefixItems ?? (items ? [items] : [])).map((item) => compose(item, path));
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 0, (schema.exclusiveMinimum ?? -1) + 1);
    case 'boolean':
      return false;
    case 'string':
      return BY_FORMAT[schema.format ?? ''] ?? path.at(-1)?.replaceAll('_', ' ');
    default:
      return null;
  }
}

function mayBe(schema: JsonSchema, value: unknown): boolean {
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return options.some((option) => mayBe(option, value));
  if (schema.enum) return schema.enum.includes(value);
  if (schema.const !== undefined || schema.properties || schema.items?.properties) return false;
  if (NEVER_NAMED.has(schema.format ?? '')) return false;
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return [schema.type].flat().some((one) => one === type || (one === 'integer' && type === 'number'));
}

/** The answer to a request that meets this error. */
export function exampleProblem(code: ErrorCode): Problem {
  const [status, title] = ERRORS[code];
  const { errors, current, ...usual } = exampleOf(Problem, 'output') as Problem;
  return {
    ...usual,
    type: `urn:balscope:error:${code}`,
    title,
    status,
    code,
    detail: `${title}.`,
    ...(code === 'validation_failed' ? { errors } : {}),
    ...(code === 'stale_version' ? { current: { version: 2 } } : {}),
  };
}

import { isIP } from 'node:net';
import { z } from 'zod';
import { isForbiddenAddress } from './platform/outbound-address.ts';

const SHORTEST_ADMIN_PASSWORD = 12;
const SHORTEST_METRICS_TOKEN = 16;

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, `give a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `give a whole number from ${least} to ${most}`);

const webAddress = (remedy: string) =>
  z.string().refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), {
    error: remedy,
    // What follows reads it as an address.
    abort: true,
  });

const list = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(item));

const recaptchaKey = (which: string) =>
  z.string().regex(/^[\w-]+$/, `give the ${which} that the reCAPTCHA console shows for your domain`);

const databaseAddress = z
  .string()
  .regex(/^postgres(ql)?:\/\/[^/\s]+\/[^/\s]+$/, 'give postgres://user:password@host:5432/database')
  .refine((value) => URL.canParse(value), 'give postgres://user:password@host:5432/database');

const MIB = 1024 * 1024;

const HEADER = /^[\w!#$%&'*+.^`|~-]+=(?:[\x21\x23-\x24\x26-\x7e]|%[2-7][\da-f])+$/i;
const HEADERS_REMEDY =
  'give name=value separated by commas, spaces and commas in values as %20 and %2C, for example authorization=Bearer%20token';
const asHeader = (given: string) => {
  const at = given.indexOf('=');
  return [given.slice(0, at), decodeURIComponent(given.slice(at + 1))] as const;
};

/** Every variable BALscope reads; `.env.example` explains the same ones, and a test compares the two. */
export const variables = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(1, 65_535).default(8080),
  PUBLIC_URL: webAddress('give the address people open, for example https://bal.example.org')
    .transform((value) => value.replace(/\/+$/, ''))
    .optional(),
  CORS_ORIGINS: list(
    z.string().refine(isOrigin, 'give origins separated by commas, for example https://a.example.org'),
  ).default([]),
  TRUSTED_PROXIES: list(
    z
      .string()
      .regex(
        /^[0-9a-f.:]+(\/\d{1,3})?$/i,
        'give addresses or networks separated by commas, for example 10.0.0.0/8',
      ),
  ).default([]),

  DATA_DIR: z.string().optional(),
  SQL_URI: databaseAddress.optional(),
  SQL_OWNER_URI: databaseAddress.optional(),
  S3_BUCKET_NAME: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'give the name of a bucket: 3 to 63 small letters, digits, dots and hyphens',
    )
    .optional(),
  S3_PUBLIC_ENDPOINT_URL: webAddress(
    'give the address at which browsers reach the bucket, for example https://images.example.org',
  ).optional(),
  AWS_REGION: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'give a region, for example eu-central-1')
    .optional(),
  AWS_ENDPOINT_URL: webAddress(
    'give the address of a service that speaks like AWS, for example http://localhost:9000',
  ).optional(),
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
  AWS_SESSION_TOKEN: z.string().optional(),
  SQS_QUEUE_URL: webAddress(
    'give the address of a queue, for example https://sqs.eu-central-1.amazonaws.com/123456789012/balscope',
  )
    .refine(
      (value) => !value.endsWith('.fifo'),
      'give a standard queue: in a FIFO queue one image would wait for another',
    )
    .optional(),
  MODEL_API_URL: webAddress(
    'give the address that takes an image, for example https://models.example.org/bal',
  )
    .refine(hasNoCredentials, 'give the key in HF_API_KEY, not in the address')
    .refine(
      mayBeCalled,
      'give the address of a model; link-local, metadata and multicast addresses are never called',
    )
    .optional(),
  HF_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'give the key alone, without spaces and line breaks')
    .optional(),
  MODEL_TIMEOUT_S: wholeNumber(1, 3600).default(60),

  JWT_SECRET_KEY: z.string().optional(),
  ACCESS_TOKEN_EXPIRY: wholeNumber(60, 30 * 24 * 3600).default(3600),
  ADMIN_EMAIL: z.email('give an e-mail address').optional(),
  ADMIN_PASSWORD: z
    .string()
    .min(SHORTEST_ADMIN_PASSWORD, `give at least ${SHORTEST_ADMIN_PASSWORD} characters`)
    .refine((value) => Buffer.byteLength(value) <= 72, 'give at most 72 bytes')
    .optional(),
  REGISTRATION: z.enum(['open', 'approval', 'closed'], 'give open, approval or closed').optional(),
  RECAPTCHA_SECRET: recaptchaKey('secret key').optional(),
  RECAPTCHA_SITE_KEY: recaptchaKey('site key').optional(),
  RECAPTCHA_VERIFY_URL: webAddress(
    'give the address that verifies, for example https://captcha.example.org/siteverify',
  )
    .refine(hasNoCredentials, 'give an address without user and password')
    .default('https://www.google.com/recaptcha/api/siteverify'),

  MAX_UPLOAD_BYTES: wholeNumber(1, 100 * 1024 * MIB).default(512 * MIB),
  MAX_FILES_PER_UPLOAD: wholeNumber(1, 1000).default(50),
  MAX_DECODED_PIXELS: wholeNumber(1, 1_000_000_000).default(100_000_000),
  MAX_TILED_PIXELS: wholeNumber(1, 100_000_000_000).default(10_000_000_000),
  MAX_WAITING_JOBS: wholeNumber(1, 100_000_000).default(20_000),
  MIN_FREE_BYTES: wholeNumber(0, 100 * 1024 * 1024 * MIB).default(1024 * MIB),
  RATE_LIMIT_PER_MINUTE: wholeNumber(1, 1_000_000).default(1200),
  LOGIN_RATE_LIMIT_PER_MINUTE: wholeNumber(1, 100_000).default(10),
  REGISTRATION_RATE_LIMIT_PER_HOUR: wholeNumber(1, 100_000).default(10),

  WORKER_CONCURRENCY: wholeNumber(1, 256).default(2),
  JOB_TIMEOUT_S: wholeNumber(1, 24 * 3600).default(120),
  JOB_MEMORY_BYTES: wholeNumber(1024 * MIB, 1024 * 1024 * MIB).default(2048 * MIB),
  JOB_LEASE_S: wholeNumber(10, 3600).default(30),
  SCRUB_DAYS: wholeNumber(1, 3650).default(30),

  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'give printable characters without spaces (openssl rand -hex 24)')
    .min(SHORTEST_METRICS_TOKEN, `give at least ${SHORTEST_METRICS_TOKEN} characters (openssl rand -hex 24)`)
    .optional(),
  WORKER_METRICS_PORT: wholeNumber(1, 65_535).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: webAddress(
    'give the address of an OpenTelemetry collector, for example http://localhost:4318',
  ).optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .transform((value) => value.split(',').map((one) => one.trim()))
    .pipe(z.array(z.string().regex(HEADER, HEADERS_REMEDY)))
    .transform((given) => Object.fromEntries(given.map(asHeader)))
    .optional(),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace'],
      'give fatal, error, warn, info, debug or trace',
    )
    .default('info'),
});

export type Variables = z.infer<typeof variables>;
export type VariableName = keyof Variables;

export const secretVariables: readonly VariableName[] = [
  'SQL_URI',
  'SQL_OWNER_URI',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'HF_API_KEY',
  'JWT_SECRET_KEY',
  'ADMIN_PASSWORD',
  'RECAPTCHA_SECRET',
  'METRICS_TOKEN',
  'OTEL_EXPORTER_OTLP_HEADERS',
];

function hasNoCredentials(address: string): boolean {
  const { username, password } = new URL(address);
  return username === '' && password === '';
}

function mayBeCalled(address: string): boolean {
  const host = new URL(address).hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 || !isForbiddenAddress(host);
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}

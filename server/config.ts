import path from 'node:path';
import { z } from 'zod';
import { OperatorError } from './operator-error.ts';

export const roles = ['demo', 'start', 'api', 'worker'] as const;
export type Role = (typeof roles)[number];

const SHORTEST_SECRET = 32;
const SAMPLE_SECRET = /change.?me|secret|example|sample|password|default|0123456789|^(.)\1+$/i;
const SHORTEST_ADMIN_PASSWORD = 12;

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, `give a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `give a whole number from ${least} to ${most}`);

const webAddress = (remedy: string) =>
  z.string().refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), remedy);

const list = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(item));

const notYet = (alternative: string) =>
  z
    .never({ error: () => `not available yet in this version: leave it unset, and ${alternative}` })
    .optional();

const MIB = 1024 * 1024;

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
  SQL_URI: z
    .string()
    .regex(/^postgres(ql)?:\/\/[^/\s]+\/[^/\s]+$/, 'give postgres://user:password@host:5432/database')
    .refine((value) => URL.canParse(value), 'give postgres://user:password@host:5432/database')
    .optional(),
  S3_BUCKET_NAME: notYet('images are kept in DATA_DIR'),
  AWS_REGION: notYet('images are kept in DATA_DIR'),
  AWS_ENDPOINT_URL: notYet('images are kept in DATA_DIR'),
  SQS_QUEUE_URL: notYet('jobs are queued in the database'),
  MODEL_API_URL: notYet('cells are found by the built-in detection'),
  HF_API_KEY: notYet('cells are found by the built-in detection'),

  JWT_SECRET_KEY: z.string().optional(),
  ACCESS_TOKEN_EXPIRY: wholeNumber(60, 30 * 24 * 3600).default(3600),
  ADMIN_EMAIL: z.email('give an e-mail address').optional(),
  ADMIN_PASSWORD: z
    .string()
    .min(SHORTEST_ADMIN_PASSWORD, `give at least ${SHORTEST_ADMIN_PASSWORD} characters`)
    .refine((value) => Buffer.byteLength(value) <= 72, 'give at most 72 bytes')
    .optional(),
  REGISTRATION: z.enum(['open', 'approval', 'closed'], 'give open, approval or closed').optional(),
  RECAPTCHA_SECRET: notYet('registration works without a captcha'),
  RECAPTCHA_SITE_KEY: notYet('registration works without a captcha'),

  MAX_UPLOAD_BYTES: wholeNumber(1, 100 * 1024 * MIB).default(512 * MIB),
  MAX_FILES_PER_UPLOAD: wholeNumber(1, 1000).default(50),
  MAX_DECODED_PIXELS: wholeNumber(1, 1_000_000_000).default(100_000_000),
  MAX_TILED_PIXELS: wholeNumber(1, 100_000_000_000).default(10_000_000_000),
  RATE_LIMIT_PER_MINUTE: wholeNumber(1, 1_000_000).default(1200),
  LOGIN_RATE_LIMIT_PER_MINUTE: wholeNumber(1, 100_000).default(10),
  REGISTRATION_RATE_LIMIT_PER_HOUR: wholeNumber(1, 100_000).default(10),

  WORKER_CONCURRENCY: wholeNumber(1, 256).default(2),
  JOB_TIMEOUT_S: wholeNumber(1, 24 * 3600).default(120),
  JOB_MEMORY_BYTES: wholeNumber(1024 * MIB, 1024 * 1024 * MIB).default(2048 * MIB),
  JOB_LEASE_S: wholeNumber(10, 3600).default(30),

  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace'],
      'give fatal, error, warn, info, debug or trace',
    )
    .default('info'),
});

type Variables = z.infer<typeof variables>;
export type VariableName = keyof Variables;

const secretVariables: readonly VariableName[] = [
  'SQL_URI',
  'HF_API_KEY',
  'JWT_SECRET_KEY',
  'ADMIN_PASSWORD',
  'RECAPTCHA_SECRET',
];

export interface Config {
  role: Role;
  http: { host: string; port: number; publicUrl: string; corsOrigins: string[]; trustedProxies: string[] };
  dataFolder: string;
  databaseUri: string;
  auth: { jwtSecret: string; accessTokenExpiryS: number; registration: 'open' | 'approval' | 'closed' };
  administrator: { email: string | undefined; password: string | undefined };
  limits: { uploadBytes: number; filesPerUpload: number; decodedPixels: number; tiledPixels: number };
  rateLimits: { requestsPerMinute: number; loginsPerMinute: number; registrationsPerHour: number };
  worker: { concurrency: number; jobTimeoutS: number; jobMemoryBytes: number; leaseS: number };
  logLevel: Variables['LOG_LEVEL'];
}

/** What the environment says; what it leaves open is found at the start: our own database, a generated secret. */
export interface GivenConfig extends Omit<Config, 'databaseUri' | 'auth'> {
  databaseUri: string | undefined;
  auth: Omit<Config['auth'], 'jwtSecret'> & { jwtSecret: string | undefined };
}

interface Fault {
  variable: VariableName;
  remedy: string;
}

/** All that is wrong with the environment at once; the message is meant for whoever set it. */
export class ConfigError extends OperatorError {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[], env: NodeJS.ProcessEnv) {
    const lines = faults.map(({ variable, remedy }) => `  ${variable}${shown(variable, env)}: ${remedy}`);
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${lines.join('\n')}`,
    );
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/**
 * Reads the whole configuration from the environment. An empty variable counts as unset.
 * @throws ConfigError listing every fault
 */
export function parseConfig(env: NodeJS.ProcessEnv, role: Role): GivenConfig {
  const given = Object.fromEntries(
    Object.keys(variables.shape)
      .map((name) => [name, env[name]?.trim()] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = variables.safeParse(given);
  const malformed = parsed.success ? [] : faultsOf(parsed.error);
  const values = (name: VariableName) =>
    malformed.some((fault) => fault.variable === name) ? undefined : given[name];
  const faults = [...malformed, ...contradictions(values, role)];
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults, env);
  return grouped(parsed.data, role);
}

function faultsOf(error: z.ZodError): Fault[] {
  const byVariable = new Map<VariableName, string>();
  for (const issue of error.issues) {
    const variable = issue.path[0] as VariableName;
    if (!byVariable.has(variable)) byVariable.set(variable, issue.message);
  }
  return [...byVariable].map(([variable, remedy]) => ({ variable, remedy }));
}

/** What is wrong only in combination. Looks at well-formed values, so that it can speak beside other faults. */
function contradictions(value: (name: VariableName) => string | undefined, role: Role): Fault[] {
  const faults: Fault[] = [];
  const host = value('HOST') ?? '127.0.0.1';
  const secret = value('JWT_SECRET_KEY');
  if (!isLoopback(host)) {
    if (value('REGISTRATION') === 'open') {
      faults.push({
        variable: 'REGISTRATION',
        remedy: `open is for this machine only, and HOST=${host} listens to others: give approval or closed`,
      });
    }
    if (secret !== undefined && isWeakSecret(secret)) {
      faults.push({
        variable: 'JWT_SECRET_KEY',
        remedy: `too short or a sample: give at least ${SHORTEST_SECRET} random characters (openssl rand -base64 48), or leave it unset to have one generated`,
      });
    }
  }
  if ((role === 'api' || role === 'worker') && value('SQL_URI') === undefined) {
    faults.push({
      variable: 'SQL_URI',
      remedy: `npm run ${role} needs a PostgreSQL shared by all roles: give postgres://user:password@host:5432/database, or use npm start, which brings its own`,
    });
  }
  for (const [one, other] of [
    ['ADMIN_EMAIL', 'ADMIN_PASSWORD'],
    ['ADMIN_PASSWORD', 'ADMIN_EMAIL'],
  ] as const) {
    if (value(one) !== undefined && value(other) === undefined) {
      faults.push({ variable: other, remedy: `goes with ${one}: give both or neither` });
    }
  }
  return faults;
}

function grouped(values: Variables, role: Role): GivenConfig {
  const openByDefault = role === 'demo' && isLoopback(values.HOST);
  return {
    role,
    http: {
      host: values.HOST,
      port: values.PORT,
      publicUrl: values.PUBLIC_URL ?? addressOf(values.HOST, values.PORT),
      corsOrigins: values.CORS_ORIGINS,
      trustedProxies: values.TRUSTED_PROXIES,
    },
    dataFolder: path.resolve(values.DATA_DIR ?? (role === 'demo' ? './data/demo' : './data')),
    databaseUri: values.SQL_URI,
    auth: {
      jwtSecret: values.JWT_SECRET_KEY,
      accessTokenExpiryS: values.ACCESS_TOKEN_EXPIRY,
      registration: values.REGISTRATION ?? (openByDefault ? 'open' : 'approval'),
    },
    administrator: { email: values.ADMIN_EMAIL, password: values.ADMIN_PASSWORD },
    limits: {
      uploadBytes: values.MAX_UPLOAD_BYTES,
      filesPerUpload: values.MAX_FILES_PER_UPLOAD,
      decodedPixels: values.MAX_DECODED_PIXELS,
      tiledPixels: values.MAX_TILED_PIXELS,
    },
    rateLimits: {
      requestsPerMinute: values.RATE_LIMIT_PER_MINUTE,
      loginsPerMinute: values.LOGIN_RATE_LIMIT_PER_MINUTE,
      registrationsPerHour: values.REGISTRATION_RATE_LIMIT_PER_HOUR,
    },
    worker: {
      concurrency: values.WORKER_CONCURRENCY,
      jobTimeoutS: values.JOB_TIMEOUT_S,
      jobMemoryBytes: values.JOB_MEMORY_BYTES,
      leaseS: values.JOB_LEASE_S,
    },
    logLevel: values.LOG_LEVEL,
  };
}

/** What the largest image that is taken may take: an image of the largest that is decoded whole takes JOB_TIMEOUT_S. */
export function longestJobS({ limits, worker }: Pick<Config, 'limits' | 'worker'>): number {
  const factor = Math.max(1, limits.tiledPixels / limits.decodedPixels);
  return Math.min(LONGEST_JOB_S, Math.ceil(worker.jobTimeoutS * factor));
}

/** pg-boss lets no job live longer than a day. */
const LONGEST_JOB_S = 24 * 3600 - 60;

/** What to type into a browser to reach a server that listens there. */
export function addressOf(host: string, port: number): string {
  if (isLoopback(host) || host === '0.0.0.0' || host === '::') return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}

function isWeakSecret(secret: string): boolean {
  return secret.length < SHORTEST_SECRET || SAMPLE_SECRET.test(secret);
}

function shown(variable: VariableName, env: NodeJS.ProcessEnv): string {
  const value = env[variable]?.trim();
  if (value === undefined || value === '') return ' is not set';
  return secretVariables.includes(variable) ? '=(hidden)' : `=${JSON.stringify(value).slice(1, -1)}`;
}

import path from 'node:path';
import type { z } from 'zod';
import { secretVariables, type VariableName, type Variables, variables } from './config-variables.ts';
import type { DatabaseUris } from './db/embedded-postgres.ts';
import { OperatorError } from './operator-error.ts';
import type { AwsSettings } from './platform/aws.ts';
import type { S3Settings } from './platform/objects-s3.ts';
import type { RecaptchaSettings } from './platform/recaptcha.ts';

export const roles = ['demo', 'start', 'api', 'worker'] as const;
export type Role = (typeof roles)[number];

/** pg-boss lets no job live longer than a day. */
const LONGEST_JOB_S = 24 * 3600 - 60;
const SHORTEST_SECRET = 32;
const SAMPLE_SECRET = /change.?me|secret|example|sample|password|default|0123456789|^(.)\1+$/i;

export interface Config {
  role: Role;
  http: { host: string; port: number; publicUrl: string; corsOrigins: string[]; trustedProxies: string[] };
  dataFolder: string;
  databaseUri: string;
  /** Where image bytes are; undefined: below the data folder. */
  s3: S3Settings | undefined;
  /** Where jobs wait; undefined: in the database. */
  sqs: (AwsSettings & { queueUrl: string }) | undefined;
  auth: { jwtSecret: string; accessTokenExpiryS: number; registration: 'open' | 'approval' | 'closed' };
  /** Asked for at registration. */
  recaptcha: RecaptchaSettings | undefined;
  administrator: { email: string | undefined; password: string | undefined };
  limits: {
    uploadBytes: number;
    filesPerUpload: number;
    decodedPixels: number;
    tiledPixels: number;
    waitingJobs: number;
    freeBytes: number;
  };
  rateLimits: { requestsPerMinute: number; loginsPerMinute: number; registrationsPerHour: number };
  worker: {
    concurrency: number;
    /** For one task of a job process on an image that is decoded whole. */
    jobTimeoutS: number;
    /** For all that such an image may need, a remote model included. */
    wholeImageS: number;
    /** For all that the largest image may need: in proportion to its pixels, at most a day. */
    longestJobS: number;
    jobMemoryBytes: number;
    leaseS: number;
    /** Within so many days every stored image is read again and compared with its hash. */
    scrubDays: number;
  };
  /** A remote model beside our own detection. */
  model: { url: string; key: string | undefined; timeoutS: number } | undefined;
  /** Who may read the metrics: whoever knows the token, without one this machine. Workers serve them on a port. */
  metrics: { token: string | undefined; workerPort: number | undefined };
  /** Where traces go; undefined: nowhere. */
  tracing: { endpoint: string; headers: Record<string, string> } | undefined;
  logLevel: Variables['LOG_LEVEL'];
}

/** What the environment says; what it leaves open is found at the start: our own database, a generated secret. */
export interface GivenConfig extends Omit<Config, 'databaseUri' | 'auth'> {
  databaseUri: string | undefined;
  /** The database as the role that owns its tables, where that is another one. */
  ownerDatabaseUri: string | undefined;
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
    ['SQL_OWNER_URI', 'SQL_URI'],
    ['ADMIN_EMAIL', 'ADMIN_PASSWORD'],
    ['ADMIN_PASSWORD', 'ADMIN_EMAIL'],
    ['RECAPTCHA_SECRET', 'RECAPTCHA_SITE_KEY'],
    ['RECAPTCHA_SITE_KEY', 'RECAPTCHA_SECRET'],
    ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
    ['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'],
  ] as const) {
    if (value(one) !== undefined && value(other) === undefined) {
      faults.push({ variable: other, remedy: `goes with ${one}: give both or neither` });
    }
  }
  if (role === 'demo') {
    for (const variable of ['S3_BUCKET_NAME', 'SQS_QUEUE_URL'] as const) {
      if (value(variable) === undefined) continue;
      const remedy =
        'npm run demo keeps its invented images on this machine, away from real ones: leave it unset';
      faults.push({ variable, remedy });
    }
  }
  const inRegion = (['S3_BUCKET_NAME', 'SQS_QUEUE_URL'] as const).find((name) => value(name) !== undefined);
  if (inRegion !== undefined && value('AWS_REGION') === undefined) {
    faults.push({
      variable: 'AWS_REGION',
      remedy: `goes with ${inRegion}: give its region, for example eu-central-1 (a service of your own takes any)`,
    });
  }
  if (value('S3_PUBLIC_ENDPOINT_URL') !== undefined && value('S3_BUCKET_NAME') === undefined) {
    faults.push({
      variable: 'S3_BUCKET_NAME',
      remedy: 'goes with S3_PUBLIC_ENDPOINT_URL: name the bucket, or unset both to keep images in DATA_DIR',
    });
  }
  return [...faults, ...SENT_KEYS.flatMap((sent) => sentKeyFaults(value, sent))];
}

interface SentKey {
  key: VariableName;
  to: VariableName;
  /** Whether there is an address that it goes to unless told. */
  usually?: true;
}

const SENT_KEYS: readonly SentKey[] = [
  { key: 'HF_API_KEY', to: 'MODEL_API_URL' },
  { key: 'OTEL_EXPORTER_OTLP_HEADERS', to: 'OTEL_EXPORTER_OTLP_ENDPOINT' },
  { key: 'RECAPTCHA_SECRET', to: 'RECAPTCHA_VERIFY_URL', usually: true },
];

/** Of a key that goes to an address: nobody between may read it. */
function sentKeyFaults(
  value: (name: VariableName) => string | undefined,
  { key, to, usually }: SentKey,
): Fault[] {
  const url = value(to);
  if (value(key) === undefined || (url === undefined && usually)) return [];
  if (url === undefined) {
    return [{ variable: to, remedy: `goes with ${key}: give both, or leave both unset` }];
  }
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || isLoopback(hostname.replace(/^\[|\]$/g, ''))) return [];
  const remedy = `${key} would travel unencrypted: give an https address, or leave ${key} unset`;
  return [{ variable: to, remedy }];
}

function awsSettings(values: Variables): AwsSettings {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = values;
  return {
    region: values.AWS_REGION!,
    endpointUrl: values.AWS_ENDPOINT_URL,
    credentials:
      accessKeyId !== undefined && secretAccessKey !== undefined
        ? { accessKeyId, secretAccessKey, sessionToken: values.AWS_SESSION_TOKEN }
        : undefined,
  };
}

function grouped(values: Variables, role: Role): GivenConfig {
  const openByDefault = role === 'demo' && isLoopback(values.HOST);
  // With a model: the image is prepared, the model asked, and our own detection serves when it fails.
  const wholeImageS =
    values.MODEL_API_URL === undefined
      ? values.JOB_TIMEOUT_S
      : 2 * values.JOB_TIMEOUT_S + values.MODEL_TIMEOUT_S;
  const largest = Math.max(1, values.MAX_TILED_PIXELS / values.MAX_DECODED_PIXELS);
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
    ownerDatabaseUri: values.SQL_OWNER_URI,
    s3: values.S3_BUCKET_NAME
      ? {
          ...awsSettings(values),
          bucket: values.S3_BUCKET_NAME,
          publicEndpointUrl: values.S3_PUBLIC_ENDPOINT_URL,
        }
      : undefined,
    sqs: values.SQS_QUEUE_URL ? { ...awsSettings(values), queueUrl: values.SQS_QUEUE_URL } : undefined,
    auth: {
      jwtSecret: values.JWT_SECRET_KEY,
      accessTokenExpiryS: values.ACCESS_TOKEN_EXPIRY,
      registration: values.REGISTRATION ?? (openByDefault ? 'open' : 'approval'),
    },
    recaptcha:
      values.RECAPTCHA_SECRET !== undefined && values.RECAPTCHA_SITE_KEY !== undefined
        ? {
            secret: values.RECAPTCHA_SECRET,
            siteKey: values.RECAPTCHA_SITE_KEY,
            verifyUrl: values.RECAPTCHA_VERIFY_URL,
          }
        : undefined,
    administrator: { email: values.ADMIN_EMAIL, password: values.ADMIN_PASSWORD },
    limits: {
      uploadBytes: values.MAX_UPLOAD_BYTES,
      filesPerUpload: values.MAX_FILES_PER_UPLOAD,
      decodedPixels: values.MAX_DECODED_PIXELS,
      tiledPixels: values.MAX_TILED_PIXELS,
      waitingJobs: values.MAX_WAITING_JOBS,
      freeBytes: values.MIN_FREE_BYTES,
    },
    rateLimits: {
      requestsPerMinute: values.RATE_LIMIT_PER_MINUTE,
      loginsPerMinute: values.LOGIN_RATE_LIMIT_PER_MINUTE,
      registrationsPerHour: values.REGISTRATION_RATE_LIMIT_PER_HOUR,
    },
    worker: {
      concurrency: values.WORKER_CONCURRENCY,
      jobTimeoutS: values.JOB_TIMEOUT_S,
      wholeImageS,
      longestJobS: Math.min(LONGEST_JOB_S, Math.ceil(wholeImageS * largest)),
      jobMemoryBytes: values.JOB_MEMORY_BYTES,
      leaseS: values.JOB_LEASE_S,
      scrubDays: values.SCRUB_DAYS,
    },
    model:
      values.MODEL_API_URL === undefined
        ? undefined
        : {
            url: values.MODEL_API_URL,
            key: values.HF_API_KEY,
            timeoutS: values.MODEL_TIMEOUT_S,
          },
    metrics: { token: values.METRICS_TOKEN, workerPort: values.WORKER_METRICS_PORT },
    tracing:
      values.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? undefined
        : {
            endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
            headers: values.OTEL_EXPORTER_OTLP_HEADERS ?? {},
          },
    logLevel: values.LOG_LEVEL,
  };
}

/** The database that the environment names, if it does. */
export function givenDatabase({ databaseUri: uri, ownerDatabaseUri }: GivenConfig): DatabaseUris | undefined {
  return uri === undefined ? undefined : { uri, ownerUri: ownerDatabaseUri ?? uri };
}

/** What to type into a browser to reach a server that listens there. */
export function addressOf(host: string, port: number): string {
  if (isLoopback(host) || host === '0.0.0.0' || host === '::') return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function isWeakSecret(secret: string): boolean {
  return secret.length < SHORTEST_SECRET || SAMPLE_SECRET.test(secret);
}

function shown(variable: VariableName, env: NodeJS.ProcessEnv): string {
  const value = env[variable]?.trim();
  if (value === undefined || value === '') return ' is not set';
  return secretVariables.includes(variable) ? '=(hidden)' : `=${JSON.stringify(value).slice(1, -1)}`;
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, parseConfig, type Role } from './config.ts';
import { variables } from './config-variables.ts';

const RANDOM_SECRET = 'pTq7Xb2LrVn9KdWm4ZsHc8JyGf6UeAo3Ri5';

function faultsOf(env: NodeJS.ProcessEnv, role: Role = 'start'): ConfigError {
  try {
    parseConfig(env, role);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

function faultyVariables(env: NodeJS.ProcessEnv, role: Role = 'start'): string[] {
  return faultsOf(env, role)
    .faults.map(({ variable }) => variable)
    .sort();
}

describe('defaults', () => {
  test('nothing set gives a whole configuration for this machine only', () => {
    const config = parseConfig({}, 'start');
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 8080, publicUrl: 'http://localhost:8080' });
    expect(config.dataFolder).toBe(path.resolve('data'));
    expect(config.databaseUri).toBeUndefined();
    expect(config.auth.jwtSecret).toBeUndefined();
    expect(config.limits.decodedPixels).toBe(100_000_000);
  });

  test('an empty variable counts as unset', () => {
    const empty = Object.fromEntries(Object.keys(variables.shape).map((name) => [name, '']));
    expect(parseConfig(empty, 'start')).toEqual(parseConfig({}, 'start'));
  });

  test('registration is open in the demonstration on this machine, else by approval', () => {
    expect(parseConfig({}, 'demo').auth.registration).toBe('open');
    expect(parseConfig({ HOST: '0.0.0.0' }, 'demo').auth.registration).toBe('approval');
    expect(parseConfig({}, 'start').auth.registration).toBe('approval');
    expect(parseConfig({ REGISTRATION: 'closed' }, 'demo').auth.registration).toBe('closed');
  });
});

describe('values', () => {
  test('numbers, lists and addresses are read', () => {
    const config = parseConfig(
      {
        PORT: '9000',
        ACCESS_TOKEN_EXPIRY: '900',
        CORS_ORIGINS: 'https://a.example.org, http://localhost:5173',
        TRUSTED_PROXIES: '10.0.0.0/8,::1',
        PUBLIC_URL: 'https://bal.example.org/',
        SQL_URI: 'postgres://u:p@db:5432/bal',
      },
      'api',
    );
    expect(config.http.port).toBe(9000);
    expect(config.auth.accessTokenExpiryS).toBe(900);
    expect(config.http.corsOrigins).toEqual(['https://a.example.org', 'http://localhost:5173']);
    expect(config.http.trustedProxies).toEqual(['10.0.0.0/8', '::1']);
    expect(config.http.publicUrl).toBe('https://bal.example.org');
    expect(config.databaseUri).toBe('postgres://u:p@db:5432/bal');
  });

  test.each([
    ['PORT', '80a'],
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '1e3'],
    ['PUBLIC_URL', 'bal.example.org'],
    ['PUBLIC_URL', 'javascript:alert(1)'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://a.example.org/path'],
    ['TRUSTED_PROXIES', 'everybody'],
    ['SQL_URI', 'mysql://u@h/d'],
    ['SQL_URI', 'postgres://host'],
    ['S3_BUCKET_NAME', 'Images_of_Ours'],
    ['AWS_REGION', 'Frankfurt am Main'],
    ['SQS_QUEUE_URL', 'balscope-jobs'],
    ['SQS_QUEUE_URL', 'https://sqs.eu-central-1.amazonaws.com/1/jobs.fifo'],
    ['AWS_ENDPOINT_URL', 'localhost:9000'],
    ['ACCESS_TOKEN_EXPIRY', '1h'],
    ['REGISTRATION', 'Open'],
    ['ADMIN_EMAIL', 'nobody'],
    ['MAX_DECODED_PIXELS', '0'],
    ['JOB_LEASE_S', '9'],
    ['METRICS_TOKEN', 'short'],
    ['MAX_WAITING_JOBS', 'many'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'Bearer token'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization=Bearer token'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'x-key=a%0D%0Ab'],
    ['LOG_LEVEL', 'verbose'],
  ])('%s=%s never becomes a default', (variable, value) => {
    expect(faultyVariables({ [variable]: value })).toContain(variable);
  });

  test('headers for the collector of traces come with its address, decoded', () => {
    const headers = { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a%3Db==, x-tenant=bal' };
    expect(faultyVariables(headers)).toEqual(['OTEL_EXPORTER_OTLP_ENDPOINT']);
    const endpoint = 'http://localhost:4318';
    expect(parseConfig({ ...headers, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, 'start').tracing).toEqual({
      endpoint,
      headers: { authorization: 'Bearer a=b==', 'x-tenant': 'bal' },
    });
  });

  test.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20key' }],
    ['RECAPTCHA_VERIFY_URL', { RECAPTCHA_SECRET: 'secret-key', RECAPTCHA_SITE_KEY: 'site-key' }],
  ])('no key goes to %s unencrypted beyond this machine [tls-or-loopback]', (address, key) => {
    expect(faultyVariables({ ...key, [address]: 'http://collector.example.org:4318/' })).toEqual([address]);
    for (const url of ['https://collector.example.org/', 'http://127.0.0.1:4318/']) {
      expect(() => parseConfig({ ...key, [address]: url }, 'start')).not.toThrow();
    }
  });

  test('the two keys of a captcha go together, and Google verifies unless told', () => {
    expect(faultyVariables({ RECAPTCHA_SECRET: 'key' })).toEqual(['RECAPTCHA_SITE_KEY']);
    expect(faultyVariables({ RECAPTCHA_SITE_KEY: 'key' })).toEqual(['RECAPTCHA_SECRET']);
    const both = { RECAPTCHA_SECRET: 'secret-key', RECAPTCHA_SITE_KEY: 'site-key' };
    expect(parseConfig(both, 'start').recaptcha?.verifyUrl).toMatch(/^https:\/\/www\.google\.com\//);
    const verifyUrl = 'http://127.0.0.1:9/siteverify';
    expect(parseConfig({ ...both, RECAPTCHA_VERIFY_URL: verifyUrl }, 'start').recaptcha).toEqual({
      secret: 'secret-key',
      siteKey: 'site-key',
      verifyUrl,
    });
    expect(parseConfig({}, 'start').recaptcha).toBeUndefined();
    expect(faultsOf({ ...both, RECAPTCHA_SECRET: 'not a key' }).message).not.toContain('not a key');
  });
});

describe('the remote model', () => {
  const KEY = 'hf_aVeryPrivateKey';
  const modelOf = (env: NodeJS.ProcessEnv) => parseConfig(env, 'start').model;

  test('is none until its address is given', () => {
    expect(modelOf({})).toBeUndefined();
    expect(modelOf({ MODEL_API_URL: 'https://models.example.org/bal', HF_API_KEY: KEY })).toEqual({
      url: 'https://models.example.org/bal',
      key: KEY,
      timeoutS: 60,
    });
    expect(modelOf({ MODEL_API_URL: 'http://10.0.0.7:9000/', MODEL_TIMEOUT_S: '5' })).toMatchObject({
      timeoutS: 5,
    });
  });

  test('an image may take longer where a model is asked first', () => {
    const env = { JOB_TIMEOUT_S: '100', MODEL_TIMEOUT_S: '30', MAX_TILED_PIXELS: '100000000' };
    const longest = (more: NodeJS.ProcessEnv) => parseConfig({ ...env, ...more }, 'start').worker.longestJobS;
    expect([longest({}), longest({ MODEL_API_URL: 'https://models.example.org' })]).toEqual([100, 230]);
  });

  test('the largest tiled image may take longer in proportion to its pixels, but no more than a day', () => {
    const longest = (tiled: number) =>
      parseConfig({ JOB_TIMEOUT_S: '100', MAX_TILED_PIXELS: String(tiled) }, 'start').worker.longestJobS;
    expect([longest(50e6), longest(2e9), longest(1e11)]).toEqual([100, 2000, 24 * 3600 - 60]);
  });

  test.each([
    'ftp://models.example.org',
    'models.example.org',
    'file:///etc/passwd',
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://[fe80::1]/',
    'http://[::ffff:169.254.169.254]/',
    'http://[fd00:ec2::254]/',
    'http://0.0.0.0:8080/',
    'https://user:password@models.example.org',
  ])('is never at %s', (address) => {
    expect(faultyVariables({ MODEL_API_URL: address })).toEqual(['MODEL_API_URL']);
  });

  test('gets no key without encryption, except on this machine', () => {
    const faults = (address: string) => faultyVariables({ MODEL_API_URL: address, HF_API_KEY: KEY });
    expect(faults('http://models.example.org/')).toEqual(['MODEL_API_URL']);
    expect(faults('http://10.0.0.7:9000/')).toEqual(['MODEL_API_URL']);
    for (const address of ['http://localhost:9000/', 'http://127.0.0.1/', 'http://[::1]:9000/']) {
      expect(modelOf({ MODEL_API_URL: address, HF_API_KEY: KEY })?.key).toBe(KEY);
    }
  });

  test('its key goes with an address, is one word, and is shown to nobody', () => {
    expect(faultyVariables({ HF_API_KEY: KEY })).toEqual(['MODEL_API_URL']);
    const malformed = faultsOf({ MODEL_API_URL: 'https://models.example.org', HF_API_KEY: `${KEY} x` });
    expect(malformed.faults.map(({ variable }) => variable)).toEqual(['HF_API_KEY']);
    expect(malformed.message).not.toContain(KEY);
  });
});

describe('beyond this machine', () => {
  test('open registration is refused [CVE-2025-0896]', () => {
    expect(faultyVariables({ HOST: '0.0.0.0', REGISTRATION: 'open' })).toEqual(['REGISTRATION']);
    expect(parseConfig({ HOST: '127.0.0.1', REGISTRATION: 'open' }, 'start').auth.registration).toBe('open');
  });

  test.each([
    'short',
    'change-me-change-me-change-me-change-me',
    'a'.repeat(64),
    'my-secret-my-secret-my-secret-my',
  ])('the secret %s is refused [CVE-2025-0896]', (secret) => {
    expect(faultyVariables({ HOST: '0.0.0.0', JWT_SECRET_KEY: secret })).toEqual(['JWT_SECRET_KEY']);
    expect(parseConfig({ JWT_SECRET_KEY: secret }, 'start').auth.jwtSecret).toBe(secret);
  });

  test('a long random secret is taken', () => {
    const config = parseConfig({ HOST: '0.0.0.0', JWT_SECRET_KEY: RANDOM_SECRET }, 'start');
    expect(config.auth.jwtSecret).toBe(RANDOM_SECRET);
  });
});

test('single roles need a database that others reach too', () => {
  expect(faultyVariables({}, 'api')).toEqual(['SQL_URI']);
  expect(faultyVariables({}, 'worker')).toEqual(['SQL_URI']);
});

describe('images in a bucket', () => {
  const bucket = { S3_BUCKET_NAME: 'images', AWS_REGION: 'eu-central-1' };

  test('are off unless a bucket is named', () => {
    expect(parseConfig({ AWS_REGION: 'eu-central-1' }, 'start').s3).toBeUndefined();
  });

  test('are found with the keys that are given, else with those the machine has', () => {
    expect(parseConfig(bucket, 'start').s3).toEqual({
      bucket: 'images',
      region: 'eu-central-1',
      endpointUrl: undefined,
      credentials: undefined,
    });
    const keys = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'hunter2' };
    const endpoint = { AWS_ENDPOINT_URL: 'http://localhost:9000' };
    expect(parseConfig({ ...bucket, ...keys, ...endpoint }, 'start').s3).toMatchObject({
      endpointUrl: 'http://localhost:9000',
      credentials: { accessKeyId: 'AKIA', secretAccessKey: 'hunter2' },
    });
  });

  test('and jobs in a queue of the same service', () => {
    const queue = { SQS_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/balscope' };
    expect(parseConfig({ ...bucket, ...queue }, 'start').sqs).toEqual({
      queueUrl: queue.SQS_QUEUE_URL,
      region: 'eu-central-1',
      endpointUrl: undefined,
      credentials: undefined,
    });
    expect(parseConfig(bucket, 'start').sqs).toBeUndefined();
    expect(faultsOf(queue).message).toMatch(/AWS_REGION is not set: goes with SQS_QUEUE_URL/);
  });

  test('are no place for the demonstration, whose worker would clear away what it does not know', () => {
    const queue = { SQS_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/balscope' };
    expect(faultyVariables({ ...bucket, ...queue }, 'demo')).toEqual(['S3_BUCKET_NAME', 'SQS_QUEUE_URL']);
  });

  test('a bucket without its region, a key without its secret', () => {
    expect(faultyVariables({ S3_BUCKET_NAME: 'images' })).toEqual(['AWS_REGION']);
    expect(faultyVariables({ ...bucket, AWS_ACCESS_KEY_ID: 'AKIA' })).toEqual(['AWS_SECRET_ACCESS_KEY']);
    const secretAlone = faultsOf({ ...bucket, AWS_SECRET_ACCESS_KEY: 'hunter2' });
    expect(secretAlone.message).toMatch(/AWS_ACCESS_KEY_ID is not set: goes with AWS_SECRET_ACCESS_KEY/);
    expect(secretAlone.message).not.toContain('hunter2');
    const noBucket = { S3_PUBLIC_ENDPOINT_URL: 'https://images.example.org' };
    expect(faultyVariables(noBucket)).toEqual(['S3_BUCKET_NAME']);
  });
});

test('the first administrator is given whole or not at all', () => {
  expect(faultyVariables({ ADMIN_EMAIL: 'a@example.org' })).toEqual(['ADMIN_PASSWORD']);
  expect(faultyVariables({ ADMIN_PASSWORD: 'long enough to pass' })).toEqual(['ADMIN_EMAIL']);
});

test('all faults are listed at once, each with its value and remedy, secrets hidden', () => {
  const error = faultsOf({
    PORT: 'eighty',
    HOST: '0.0.0.0',
    REGISTRATION: 'open',
    JWT_SECRET_KEY: 'hunter2',
    SQL_URI: 'postgres//me:hunter2@db',
    SQL_OWNER_URI: 'postgres//owner:hunter2@db',
    LOG_LEVEL: 'loud\nforged line',
  });
  expect(error.faults.map(({ variable }) => variable).sort()).toEqual([
    'JWT_SECRET_KEY',
    'LOG_LEVEL',
    'PORT',
    'REGISTRATION',
    'SQL_OWNER_URI',
    'SQL_URI',
  ]);
  expect(error.message).toContain('PORT=eighty: give a whole number from 1 to 65535');
  expect(error.message).toContain('JWT_SECRET_KEY=(hidden)');
  expect(error.message).not.toContain('hunter2');
  expect(error.message.split('\n')).toHaveLength(7);
});

test('.env.example names exactly the variables that are read, all with their defaults', () => {
  const example = readFileSync(path.join(import.meta.dirname, '..', '.env.example'), 'utf8');
  const named = [...example.matchAll(/^#?([A-Z][A-Z0-9_]*)=(.*)$/gm)];
  expect(named.map(([, name]) => name).sort()).toEqual(Object.keys(variables.shape).sort());
  const defaults = variables.parse({}) as Record<string, unknown>;
  for (const [, name, value] of named) {
    if (typeof defaults[name!] === 'number') expect(`${name}=${value}`).toBe(`${name}=${defaults[name!]}`);
  }
});

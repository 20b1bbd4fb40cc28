import { existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import pino, { type Logger, type LoggerOptions } from 'pino';

export type { Logger } from 'pino';

const ROTATE_ABOVE_BYTES = 10 * 1024 * 1024;
const ROTATED_FILES_KEPT = 4;

const secretNames = [
  'password',
  'token',
  'secret',
  'authorization',
  'cookie',
  'access_token',
  'accessToken',
  'totp',
];
/** Fields that identify a patient, in the names of the wire and of the code. */
const patientNames = ['name', 'contact', 'date_of_birth', 'dateOfBirth', 'identifiers'];

const options: LoggerOptions = {
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
  redact: {
    paths: [
      ...secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]),
      ...patientNames.flatMap((name) => [
        `patient.${name}`,
        `*.patient.${name}`,
        `patients[*].${name}`,
        `body.${name}`,
      ]),
      '*["set-cookie"]',
      '*.headers["set-cookie"]',
    ],
    censor: '[hidden]',
  },
  serializers: { err: describeError, error: describeError, req: describeRequest },
};

/**
 * JSON lines, one an event; line breaks inside values are escaped, so an entry never spans two lines.
 * Written at once, so that the last words of a dying process are kept.
 */
export function createLog(level: string, descriptor: number): Logger {
  return pino({ ...options, level }, pino.destination({ dest: descriptor, sync: true }));
}

/**
 * Opens the log file for appending, after moving a large one aside.
 * @returns a file descriptor, so that child processes can write to the same file
 */
export function openLogFile(file: string, rotateAboveBytes = ROTATE_ABOVE_BYTES): number {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  if (existsSync(file) && statSync(file).size > rotateAboveBytes) rotate(file);
  return openSync(file, 'a', 0o600);
}

function rotate(file: string): void {
  for (let number = ROTATED_FILES_KEPT - 1; number >= 1; number--) {
    if (existsSync(`${file}.${number}`)) renameSync(`${file}.${number}`, `${file}.${number + 1}`);
  }
  renameSync(file, `${file}.1`);
}

/** The path only: a search text in the query can be a patient's name. A signed address would open its image. */
function describeRequest(request: { id?: unknown; method?: string; url?: string; ip?: string }): object {
  const path = request.url?.split('?')[0].replace(/(?<=\/objects\/).*/, '[hidden]');
  return { id: request.id, method: request.method, path, ip: request.ip };
}

interface DescribedError {
  type: string;
  code?: unknown;
  message: string;
  stack?: string;
  cause?: DescribedError;
}

/**
 * Errors of the database repeat the values of a row in `detail`, `params` and at the end of drizzle's message:
 * only what cannot hold them is kept.
 */
function describeError(error: unknown): DescribedError | unknown {
  if (!(error instanceof Error)) return error;
  const described: DescribedError = { type: error.name, message: withoutParameters(error.message) };
  if ('code' in error) described.code = error.code;
  if (error.stack) described.stack = error.stack.replace(error.message, () => described.message);
  if (error.cause instanceof Error) described.cause = describeError(error.cause) as DescribedError;
  return described;
}

function withoutParameters(message: string): string {
  return message.replace(/\nparams: [\s\S]*$/, '\nparams: [hidden]');
}

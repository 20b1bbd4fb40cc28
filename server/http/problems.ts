import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { ERRORS, type ErrorCode, type Problem } from '../../contract/errors.ts';
import { AppError, validationFailed } from '../errors.ts';
import { QueueUnavailable } from '../platform/jobs.ts';
import { ObjectError } from '../platform/objects.ts';
import { objectsUnavailable } from './objects-unavailable.ts';
import { Overloaded } from './shed-load.ts';

/** Answers every error as application/problem+json; what is not an AppError shows nothing internal. */
export function installProblemHandler(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const known = toAppError(error);
    if (known.status >= 500) request.log.error({ err: error }, 'request failed');
    return sendProblem(request, reply, known);
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, new AppError('not_found', 'There is nothing at this address.')),
  );
}

/** For addresses that the router itself refuses, before there is any route. */
export function answerUnroutable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const refusal =
    error.code === 'FST_ERR_BAD_URL'
      ? new AppError('bad_request', 'The address is not well-formed.')
      : new AppError('not_found', 'There is nothing at this address.');
  sendProblem(request, reply, refusal);
}

function sendProblem(request: FastifyRequest, reply: FastifyReply, error: AppError): FastifyReply {
  const problem: Problem = {
    type: `urn:balscope:error:${error.code}`,
    title: ERRORS[error.code][1],
    status: error.status,
    code: error.code,
    detail: error.message,
    errors: error.errors,
    current: error.current,
    request_id: request.id,
  };
  // A form that was given up halfway: its rest stands before the next request on this connection.
  request.raw.unpipe().resume();
  if (error.retryAfterS !== undefined) reply.header('retry-after', String(Math.ceil(error.retryAfterS)));
  return reply
    .code(error.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problem);
}

function toAppError(error: FastifyError): AppError {
  if (error instanceof AppError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map((issue) => ({
      path: issue.instancePath.split('/').filter(Boolean).join('.'),
      message: issue.message ?? 'does not fit',
    }));
    return validationFailed(errors);
  }
  if (error instanceof ObjectError && error.code === 'unavailable') return objectsUnavailable(error);
  if (error instanceof QueueUnavailable) {
    return new AppError('unavailable', 'The queue of the jobs does not answer. Try again in a moment.', {
      retryAfterS: 5,
      cause: error,
    });
  }
  if (isDatabaseDown(error)) {
    return new AppError('unavailable', 'The database does not answer. Try again in a moment.', {
      retryAfterS: 5,
      cause: error,
    });
  }
  if (hasCode(error, 'EMFILE') || hasCode(error, 'ENFILE')) return new Overloaded(error);
  if (hasCode(error, DISK_FULL)) {
    return new AppError(
      'storage_full',
      'The disk of the database is full; nothing was saved. Tell the administrator.',
      {
        cause: error,
      },
    );
  }
  if (isUnstorable(error)) {
    return new AppError('validation_failed', 'A value holds something that cannot be stored.', {
      cause: error,
    });
  }
  const code = BY_FASTIFY_CODE[error.code] ?? (error.statusCode ? BY_STATUS[error.statusCode] : undefined);
  return code
    ? new AppError(code)
    : new AppError('internal', 'Something went wrong on the server. It was logged.');
}

const BY_FASTIFY_CODE: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad_request',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'bad_request',
};
const BY_STATUS: Record<number, ErrorCode> = {
  400: 'bad_request',
  // A path that leads out of a folder of files.
  403: 'not_found',
  404: 'not_found',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  503: 'unavailable',
};

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '08006',
  '08001',
  '53300',
]);

const DISK_FULL = '53100';

/** Whether the error or what caused it has this code, as those of PostgreSQL and of sockets. */
export function hasCode(error: unknown, code: string): boolean {
  return chainOf(error).some((one) => (one as { code?: unknown }).code === code);
}

function isDatabaseDown(error: unknown): boolean {
  return chainOf(error).some(
    (one) =>
      CONNECTION_CODES.has(String((one as { code?: unknown }).code)) ||
      /timeout exceeded when trying to connect|Connection terminated|is not queryable/.test(one.message),
  );
}

/** PostgreSQL's class 22: a zero byte in a text, a year that is none, a number out of range. */
function isUnstorable(error: unknown): boolean {
  return chainOf(error).some((one) => /^22[0-9A-Z]{3}$/.test(String((one as { code?: unknown }).code)));
}

/** drizzle wraps errors: the code of PostgreSQL or of the socket is in a cause. */
function chainOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...chainOf(error.cause)] : [];
}

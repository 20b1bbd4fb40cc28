import { ERRORS, type ErrorCode } from '../contract/errors.ts';

/** What does not fit, and where in the request. */
export interface Fault {
  path: string;
  message: string;
}

interface Details {
  errors?: Fault[];
  /** The row as it is now, in its wire form, for `stale_version`. */
  current?: unknown;
  retryAfterS?: number;
  cause?: unknown;
}

/** What a caller is told: a code from the closed list and a sentence that names the remedy. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly errors: Details['errors'];
  readonly current: unknown;
  readonly retryAfterS: number | undefined;

  constructor(code: ErrorCode, publicMessage: string = ERRORS[code][1], details: Details = {}) {
    super(publicMessage, { cause: details.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = ERRORS[code][0];
    this.errors = details.errors;
    this.current = details.current;
    this.retryAfterS = details.retryAfterS;
  }
}

/** The answer to a request that does not fit: all its faults, in a sentence and one by one. */
export function validationFailed(faults: Fault[]): AppError {
  const sentence = faults.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  return new AppError('validation_failed', sentence, { errors: faults });
}

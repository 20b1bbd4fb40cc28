import { AppError } from '../errors.ts';
import type { ObjectError } from '../platform/objects.ts';

export function objectsUnavailable(cause: ObjectError): AppError {
  return new AppError('unavailable', 'The store of the images does not answer. Try again in a moment.', {
    retryAfterS: 5,
    cause,
  });
}

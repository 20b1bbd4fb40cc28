import { AppError } from '../errors.ts';
import { ObjectError } from '../platform/objects.ts';
import { objectsUnavailable } from './objects-unavailable.ts';

const MALFORMED = /multipart|terminated early|malformed|boundary|premature close|aborted|unexpected end/i;

/**
 * What went wrong while a form with files was read and its files stored, as the caller is told.
 * @param mostFiles that one form may hold
 */
export function asFormRefusal(error: unknown, mostFiles: number): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  if (error instanceof ObjectError && error.code === 'full') {
    return new AppError('storage_full', 'The storage is full; nothing was taken. Tell your administrator.', {
      cause: error,
    });
  }
  if (error instanceof ObjectError && error.code === 'unavailable') return objectsUnavailable(error);
  const code = String((error as { code?: unknown }).code);
  if (code === 'FST_FILES_LIMIT' || code === 'FST_PARTS_LIMIT') {
    return new AppError(
      'payload_too_large',
      `At most ${mostFiles} files go in one upload. Send the rest in another.`,
    );
  }
  if (code.startsWith('FST_') || MALFORMED.test(error.message)) {
    return new AppError(
      'bad_request',
      'The upload broke off or is malformed; nothing was taken. Send it again.',
      { cause: error },
    );
  }
  return error;
}

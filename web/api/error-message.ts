import { ApiError } from '../../contract/client.ts';
import { ERRORS, type ErrorCode } from '../../contract/errors.ts';

export interface ErrorMessage {
  /** What happened and what to do, in a sentence or two. */
  text: string;
  requestId: string | undefined;
}

/** What failed on this page and not on the server; its message is for the reader. */
export class ReaderError extends Error {}

/** Somebody else saved first. */
export class ClashError extends ReaderError {
  constructor() {
    super(
      'Somebody else changed this meanwhile. Save again to keep what you typed, or cancel to see their change.',
    );
  }
}

/** Says any failure of a request in words for the reader. */
export function messageOf(error: unknown): ErrorMessage {
  if (error instanceof ApiError) return { text: apiMessage(error), requestId: error.requestId || undefined };
  if (error instanceof ReaderError) return { text: error.message, requestId: undefined };
  if (error instanceof TypeError) {
    return {
      text: 'BALscope cannot be reached. Check the network connection, then try again.',
      requestId: undefined,
    };
  }
  return {
    text: 'Something unexpected went wrong on this page. Try again, or reload it.',
    requestId: undefined,
  };
}

function apiMessage(error: ApiError): string {
  if (error.code === 'rate_limited' && error.retryAfterS) {
    return `Too many requests. Try again in ${waitOf(error.retryAfterS)}.`;
  }
  // The server mostly says more than that.
  return error.message === ERRORS[error.code][1] ? SENTENCES[error.code] : error.message;
}

function waitOf(seconds: number): string {
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}

/** What happened and what helps, where the server gave no more than the title of the error. */
const SENTENCES: Record<ErrorCode, string> = {
  bad_request: 'The server did not understand this page. Reload it and try again.',
  unauthenticated: 'You are not signed in any more. Sign in, then try again.',
  invalid_credentials: 'Email or password is wrong. Check both and try again.',
  second_factor_required: 'Give the code that your authenticator shows now.',
  forbidden: 'Your role does not allow this. Ask an administrator if you need it.',
  password_change_required: 'Choose a password of your own first: reload this page to do so.',
  csrf: 'The request did not come from this site. Reload the page and try again.',
  not_found: 'This is no longer there, or it is not for you to see.',
  conflict: 'This does not fit what is stored now. Reload the page to see how it stands.',
  email_taken: 'Somebody has this address already. Give another one, or sign in with it.',
  idempotency_mismatch: 'This was sent before with other contents. Reload the page and try again.',
  link_ended: 'This link was used or has expired. Ask an administrator for a new one.',
  stale_version: 'Somebody else changed this meanwhile. Reload the page to see their change.',
  precondition_required: 'This page is older than the server. Reload it and try again.',
  payload_too_large: 'This is larger than the server takes. Send less at once, or smaller files.',
  unsupported_media_type: 'The server does not take this kind of file. Send JPEG, PNG, TIFF or WebP images.',
  validation_failed: 'Something in the form does not fit. Check what you typed and try again.',
  captcha_refused: 'The captcha was not accepted. Send the form again.',
  unsupported_image: 'BALscope cannot read this image. Send it as JPEG, PNG, TIFF or WebP.',
  damaged_image: 'This image is damaged. Export it again and upload the new file.',
  image_too_large: 'This image has too many pixels. Export it smaller, or as a tiled TIFF.',
  image_too_small: 'This image is too small to hold cells. Check that it is the right file.',
  ambiguous_lavage: 'The patient has several lavages or slides. Choose the one that is meant.',
  no_readable_file: 'None of the files could be taken. See beside each what is wrong with it.',
  checksum_mismatch: 'Some bytes changed on their way to the server. Send the file again.',
  unsupported_protocol: 'This page is older than the server. Reload it and try again.',
  rate_limited: 'Too many requests. Wait a minute, then try again.',
  detection_failed: 'No cells could be found in this image. Try other parameters.',
  storage_full: 'The storage is full, and nothing was saved. Tell an administrator.',
  unavailable: 'BALscope is busy or being started. Try again in a moment.',
  internal: 'Something went wrong on the server. Try again; if it happens again, tell an administrator.',
};

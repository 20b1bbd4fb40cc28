import { z } from 'zod';

/** Every error the API answers with: its HTTP status and its short title. The list is closed. */
export const ERRORS = {
  bad_request: [400, 'The request is malformed'],
  unauthenticated: [401, 'Sign in first'],
  invalid_credentials: [401, 'Email or password is wrong'],
  second_factor_required: [401, 'A code of your authenticator is needed'],
  forbidden: [403, 'Your role does not allow this'],
  password_change_required: [403, 'Choose a password of your own first'],
  csrf: [403, 'The request did not come from this site'],
  not_found: [404, 'Not found'],
  conflict: [409, 'Conflicts with what exists'],
  email_taken: [409, 'This address is registered already'],
  idempotency_mismatch: [409, 'This idempotency key was used for another request'],
  link_ended: [410, 'This link was used or has expired'],
  stale_version: [412, 'Somebody else changed this meanwhile'],
  unsupported_protocol: [412, 'Another version of the protocol is spoken here'],
  precondition_required: [428, 'Say which version you are changing (If-Match)'],
  payload_too_large: [413, 'Too large'],
  unsupported_media_type: [415, 'Unsupported content type'],
  validation_failed: [422, 'The request does not fit'],
  captcha_refused: [422, 'The captcha was not accepted'],
  unsupported_image: [422, 'Not an image BALscope can read'],
  damaged_image: [422, 'The image is damaged'],
  checksum_mismatch: [422, 'The bytes are not those that were announced'],
  image_too_large: [422, 'The image has too many pixels'],
  image_too_small: [422, 'The image is too small'],
  ambiguous_lavage: [422, 'Several lavages or slides could be meant'],
  no_readable_file: [422, 'None of the files could be taken'],
  rate_limited: [429, 'Too many requests'],
  detection_failed: [422, 'Detection failed'],
  storage_full: [507, 'The storage is full'],
  unavailable: [503, 'Not available at the moment'],
  internal: [500, 'Something went wrong on the server'],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** application/problem+json (RFC 9457). */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.enum(ERROR_CODES),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  /** The row as it is now, with `stale_version`. */
  current: z.unknown().optional(),
  request_id: z.string(),
});
export type Problem = z.infer<typeof Problem>;

import { z } from 'zod';
import { Id, IdParams, Timestamp } from './common.ts';
import { defineRoutes, UPLOADERS } from './route.ts';

const Upload = z.object({
  id: Id,
  offset_bytes: z.number().int(),
  length_bytes: z.number().int(),
  expires_at: Timestamp,
});

const tag = 'Resumable uploads';
const OVERFULL = ['storage_full', 'unavailable'] as const;
/** What the last byte brings about: the same refusals as those of `uploadImages`. */
const AT_THE_END = [
  'ambiguous_lavage',
  'checksum_mismatch',
  'damaged_image',
  'image_too_large',
  'image_too_small',
  'not_found',
  'unsupported_image',
  'validation_failed',
] as const;
const REFUSALS = ['bad_request', 'payload_too_large', 'unsupported_protocol', ...OVERFULL] as const;

/** tus 1.0 (https://tus.io) with creation, creation-with-upload, termination and expiration; one file an upload. */
export const uploadRoutes = defineRoutes({
  uploadCapabilities: {
    method: 'OPTIONS',
    path: '/uploads',
    summary: 'Version, extensions and largest size of resumable uploads (tus)',
    tag,
    access: 'public',
    response: 'empty',
    status: 204,
  },
  createUpload: {
    method: 'POST',
    path: '/uploads',
    summary:
      'Begin a resumable upload (tus): Upload-Metadata holds the fields of `upload_img`, `filename`, and `sha256` (hex) ' +
      'where the whole is to be compared with it',
    tag,
    access: UPLOADERS,
    consumes: 'bytes',
    response: 'empty',
    status: 201,
    notIdempotentBecause:
      'the protocol has no key: an upload begun twice is forgotten after a day, and the same bytes become one sample',
    errors: [...REFUSALS, ...AT_THE_END, 'rate_limited'],
  },
  listUploads: {
    method: 'GET',
    path: '/uploads',
    summary: "The caller's unfinished uploads",
    tag,
    access: UPLOADERS,
    response: z.object({
      items: z.array(
        Upload.extend({
          /** As the client sent it when it began. */
          metadata: z.record(z.string(), z.string()),
        }),
      ),
    }),
  },
  /** Before `getUpload`, which would answer HEAD by itself. */
  uploadOffset: {
    method: 'HEAD',
    path: '/uploads/:id',
    summary: 'How far an upload is (tus)',
    tag,
    access: UPLOADERS,
    params: IdParams,
    response: 'empty',
    errors: [...REFUSALS, ...AT_THE_END],
  },
  getUpload: {
    method: 'GET',
    path: '/uploads/:id',
    summary: 'How far an upload is, and the sample that it became',
    tag,
    access: UPLOADERS,
    params: IdParams,
    response: Upload.extend({
      /** Null until all bytes are there; `duplicate` as answered by `uploadImages`. */
      sample: z.object({ job_id: Id, duplicate: z.boolean() }).nullable(),
    }),
    errors: ['not_found'],
  },
  continueUpload: {
    method: 'PATCH',
    path: '/uploads/:id',
    summary: 'Send bytes of an upload (tus); the last ones make it a sample',
    tag,
    access: UPLOADERS,
    params: IdParams,
    consumes: 'bytes',
    response: 'empty',
    status: 204,
    errors: [...REFUSALS, ...AT_THE_END, 'conflict', 'unsupported_media_type'],
  },
  discardUpload: {
    method: 'DELETE',
    path: '/uploads/:id',
    summary: 'Give up an unfinished upload (tus)',
    tag,
    access: UPLOADERS,
    params: IdParams,
    response: 'empty',
    status: 204,
    errors: ['bad_request', 'not_found', 'unsupported_protocol'],
  },
});

import type { Readable } from 'node:stream';

export interface StoredObject {
  sha256: string;
  bytes: number;
  /** The bytes themselves, where the store held them all at once: spares reading them back. */
  content?: Buffer;
}

export interface OpenedObject {
  stream: Readable;
  bytes: number;
}

/** What the store answers, and for how long. */
export interface PresignedAnswer {
  expiresInS: number;
  contentType: string;
  contentDisposition: string;
}

/** Where image bytes live. Keys look like `samples/<uuid>/original` and never name a patient. */
export interface Objects {
  /**
   * Stores the whole stream, or nothing. An object of that name is replaced.
   * @throws ObjectError too_large, full, unavailable; and whatever the source fails with
   */
  put(key: string, source: Readable, limits: { maxBytes: number }): Promise<StoredObject>;
  /**
   * @param expected with a hash, the stream ends with an error when the bytes are not those that were stored
   * @throws ObjectError not_found, unavailable
   */
  get(key: string, expected?: { sha256: string }): Promise<OpenedObject>;
  /** Bytes `start` to `end`, both inclusive, as HTTP counts them; `end` may lie beyond the last byte. */
  getRange(key: string, start: number, end: number): Promise<OpenedObject>;
  /** @throws ObjectError not_found, corrupt, unavailable */
  read(key: string, expected?: { sha256: string }): Promise<Buffer>;
  /** Where the object lies, when objects are files: lets another process read it without passing the bytes along. */
  localPath?(key: string): string;
  /** Where a browser fetches the object from the store itself, for so long; only of stores that are to be reached so. */
  presignGet?(key: string, answer: PresignedAnswer): Promise<string>;
  head(key: string): Promise<{ bytes: number; storedAt: Date } | undefined>;
  /** Removing what is not there is no error. */
  remove(key: string): Promise<void>;
  /** Keys that begin with the prefix, in no particular order. */
  list(prefix: string): AsyncIterable<string>;
  /** Removes what interrupted uploads left behind. @returns how many */
  sweepTemporary(olderThanMs: number): Promise<number>;
  /** What may still be stored. Absent where there is no such limit. */
  freeBytes?(): Promise<number>;
  /** Resolves when objects can be written and read now. */
  check(): Promise<void>;
}

export type ObjectErrorCode = 'invalid_key' | 'not_found' | 'too_large' | 'full' | 'corrupt' | 'unavailable';

export class ObjectError extends Error {
  readonly code: ObjectErrorCode;

  constructor(code: ObjectErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ObjectError';
    this.code = code;
  }
}

const KEY_SEGMENT = /^[a-z0-9_-][a-z0-9_.-]*$/;
const LONGEST_KEY = 200;

/** @throws ObjectError invalid_key for anything that could leave its folder or hide in it */
export function assertKey(key: string): void {
  const valid = key.length <= LONGEST_KEY && key.split('/').every((segment) => KEY_SEGMENT.test(segment));
  if (!valid)
    throw new ObjectError('invalid_key', `Not an object key: ${JSON.stringify(key.slice(0, LONGEST_KEY))}`);
}

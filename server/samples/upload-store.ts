import type { Readable } from 'node:stream';
import { DataStore, ERRORS, Upload } from '@tus/server';
import type { Caller } from '../auth/caller.ts';
import { AppError } from '../errors.ts';
import { refuseUnfitMetadata, removeUpload } from './finish-upload.ts';
import { newOriginal, removeObjects } from './receive-upload.ts';
import { addPart, countUnfinished, findUpload, insertUpload, listParts } from './resumable-queries.ts';
import type { UploadDependencies } from './upload-images.ts';

export const EXTENSIONS: readonly string[] = [
  'creation',
  'creation-with-upload',
  'termination',
  'expiration',
];

/** Orphaned objects are kept for as long, so that no part is swept before its upload. */
const EXPIRES_AFTER_S = 24 * 3600;
const MOST_UNFINISHED = 100;
/** Parts are joined at the end; a client that sends single bytes would leave millions. */
const MOST_PARTS = 10_000;

/** Keeps the bytes that came as objects, one for each request, and the account of them in the database. */
export class UploadStore extends DataStore {
  readonly #deps: UploadDependencies;
  readonly #caller: Caller;

  constructor(deps: UploadDependencies, caller: Caller) {
    super();
    this.#deps = deps;
    this.#caller = caller;
    this.extensions = [...EXTENSIONS];
  }

  override getExpiration(): number {
    return EXPIRES_AFTER_S * 1000;
  }

  override async create(upload: Upload): Promise<Upload> {
    const { db } = this.#deps.database;
    const fields = Object.fromEntries(
      Object.entries(upload.metadata ?? {}).map(([name, value]) => [name, value ?? '']),
    );
    await refuseUnfitMetadata(db, this.#caller, fields);
    if ((await countUnfinished(db, this.#caller)) >= MOST_UNFINISHED) {
      throw new AppError(
        'rate_limited',
        `You have ${MOST_UNFINISHED} unfinished uploads. Finish or discard some, or wait: each is forgotten a day after it began.`,
      );
    }
    await insertUpload(db, {
      id: upload.id,
      userId: this.#caller.id,
      lengthBytes: upload.size ?? 0,
      fields,
      expiresAfterS: EXPIRES_AFTER_S,
    });
    return upload;
  }

  override async getUpload(id: string): Promise<Upload> {
    const row = await findUpload(this.#deps.database.db, this.#caller, id);
    if (!row) throw ERRORS.FILE_NOT_FOUND;
    return new Upload({
      id,
      size: row.lengthBytes,
      offset: row.offsetBytes,
      metadata: row.fields,
      creation_date: row.createdAt,
    });
  }

  /** @returns the offset up to which bytes are kept */
  override async write(source: Readable, id: string, offset: number): Promise<number> {
    const { database, objects, config } = this.#deps;
    if ((await listParts(database.db, id)).length >= MOST_PARTS) {
      throw new AppError(
        'payload_too_large',
        `An upload takes at most ${MOST_PARTS} pieces. Send larger ones.`,
      );
    }
    const { s3Key: objectKey } = newOriginal();
    const { bytes, sha256 } = await objects.put(objectKey, source, { maxBytes: config.limits.uploadBytes });
    const part = { uploadId: id, offsetBytes: offset, lengthBytes: bytes, objectKey, sha256 };
    if (bytes > 0 && (await addPart(database.db, part))) return offset + bytes;
    await removeObjects({ objects }, [objectKey]);
    if (bytes > 0) throw ERRORS.INVALID_OFFSET;
    return offset;
  }

  override async remove(id: string): Promise<void> {
    const row = await findUpload(this.#deps.database.db, this.#caller, id);
    if (!row) throw ERRORS.FILE_NOT_FOUND;
    await removeUpload(this.#deps, id);
  }
}

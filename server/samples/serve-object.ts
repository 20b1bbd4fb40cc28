import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../auth/caller.ts';
import type { AppDependencies } from '../dependencies.ts';
import { AppError } from '../errors.ts';
import { attachment } from '../http/attachment.ts';
import { ObjectError, type Objects, type OpenedObject } from '../platform/objects.ts';
import { openTile, type Tile } from '../platform/tile-pyramid.ts';
import { findSampleOfObject, findTiles } from './queries.ts';
import type { SignedUrls } from './signed-urls.ts';

type Dependencies = Pick<AppDependencies, 'database' | 'objects'> & { urls: SignedUrls };

interface StoredImage {
  key: string;
  contentType: string;
  filename: string;
  /** Known of originals only. */
  sha256: string | undefined;
}

/**
 * Answers the bytes of one stored image so that no browser takes them for anything but an image, or sends the browser
 * on to the store where that is to serve them.
 */
export async function serveObject(
  { database, objects, urls }: Dependencies,
  { token, request, reply }: { token: string; request: FastifyRequest; reply: FastifyReply },
): Promise<void> {
  const opened = urls.open(token);
  const sample = opened && (await findSampleOfObject(database.db, opened.key));
  if (!opened || !sample) throw tooOld();
  const image = describe(opened.key, sample);
  if (objects.presignGet) return sendOn(objects.presignGet, image, opened.secondsLeft, reply);
  const stored = await objects.head(opened.key);
  if (!stored) throw tooOld();
  reply.headers({ ...imageHeaders(image, opened.secondsLeft), 'accept-ranges': 'bytes' });
  const range = rangeOf(request.headers.range, stored.bytes);
  if (range === 'unsatisfiable') {
    reply.code(416).header('content-range', `bytes */${stored.bytes}`).send('');
    return;
  }
  try {
    const found = range
      ? await objects.getRange(image.key, range.start, range.end)
      : await objects.get(image.key, image.sha256 ? { sha256: image.sha256 } : undefined);
    if (range) {
      reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${stored.bytes}`);
    }
    send(reply, found);
  } catch (error) {
    asMissing(error);
  }
}

function asMissing(error: unknown): never {
  if (error instanceof ObjectError && error.code === 'not_found') throw new AppError('not_found');
  throw error;
}

/** Of bytes that no browser may take for anything but an image. */
function imageHeaders(
  { contentType, filename }: Pick<StoredImage, 'contentType' | 'filename'>,
  maxAgeS: number,
) {
  return {
    'content-type': contentType,
    'content-disposition': attachment(filename),
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': `private, max-age=${maxAgeS}, immutable`,
  };
}

/** Browsers keep a tile about as long as an image with a signed address. */
const TILE_AGE_S = 300;

interface TileDependencies extends Pick<AppDependencies, 'database' | 'objects'> {
  noteView: (caller: Caller, jobId: string) => Promise<void>;
}

/** Answers one tile of a large image, for which nobody needs to have opened the sample. */
export async function serveTile(
  { database, objects, noteView }: TileDependencies,
  { caller, jobId, tile, reply }: { caller: Caller; jobId: string; tile: Tile; reply: FastifyReply },
): Promise<void> {
  const tiles = await findTiles(database.db, caller, jobId);
  if (!tiles?.key) throw noSuchTile();
  await noteView(caller, jobId);
  const opened = await openTile(objects, tiles.key, tiles, tile).catch(asMissing);
  if (!opened) throw noSuchTile();
  const filename = `${jobId}-${tile.level}-${tile.column}-${tile.row}.jpg`;
  reply.headers(imageHeaders({ contentType: 'image/jpeg', filename }, TILE_AGE_S));
  send(reply, opened);
}

function noSuchTile(): AppError {
  return new AppError('not_found', 'There is no such tile.');
}

function tooOld(): AppError {
  return new AppError('not_found', 'There is no such image, or its address is too old.');
}

/** To the store itself: for this object, by GET, no longer than our own address holds. */
async function sendOn(
  presign: NonNullable<Objects['presignGet']>,
  { key, contentType, filename }: StoredImage,
  secondsLeft: number,
  reply: FastifyReply,
): Promise<void> {
  const expiresInS = Math.max(secondsLeft, 1);
  const address = await presign(key, { expiresInS, contentType, contentDisposition: attachment(filename) });
  reply.code(302).headers({ location: address, 'cache-control': 'no-store' }).send('');
}

function send(reply: FastifyReply, { stream, bytes }: OpenedObject): void {
  reply.header('content-length', bytes).send(stream);
}

function describe(
  key: string,
  sample: { s3Key: string; sha256: string; format: string; originalFilename: string; jobId: string },
): StoredImage {
  if (key === sample.s3Key) {
    const { originalFilename: filename, sha256 } = sample;
    return { key, contentType: `image/${sample.format}`, filename, sha256 };
  }
  const kind = key.endsWith('/thumbnail') ? 'thumbnail' : 'display';
  const [type, extension] = kind === 'thumbnail' ? ['webp', 'webp'] : ['jpeg', 'jpg'];
  return {
    key,
    contentType: `image/${type}`,
    filename: `${sample.jobId}-${kind}.${extension}`,
    sha256: undefined,
  };
}

/** One range of bytes, inclusive; several, or what is no range, is answered as if not asked for. */
function rangeOf(
  header: string | undefined,
  bytes: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === undefined || (from === '' && to === '')) return undefined;
  const start = from === '' ? Math.max(0, bytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  return start >= bytes || start > end ? 'unsatisfiable' : { start, end };
}

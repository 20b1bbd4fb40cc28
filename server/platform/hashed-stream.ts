import { createHash } from 'node:crypto';
import { ObjectError } from './objects.ts';

/** Holds the last piece back until the hash is known to be right, so that nobody takes damaged bytes for whole. */
export async function* verified(
  stream: AsyncIterable<Buffer>,
  key: string,
  sha256: string,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let held: Buffer | undefined;
  for await (const chunk of stream) {
    hash.update(chunk);
    if (held) yield held;
    held = chunk;
  }
  const found = hash.digest('hex');
  if (found !== sha256)
    throw new ObjectError('corrupt', `${key} has the hash ${found}, stored was ${sha256}`);
  if (held) yield held;
}

/** Smaller pieces are put together: held one by one, each would take hundreds of times its own size. */
const PIECE_BYTES = 16 * 1024;

/** Counts and hashes what passes. */
export class HashingMeter {
  readonly #hash = createHash('sha256');
  bytes = 0;

  /** @throws ObjectError too_large */
  async *measure(source: AsyncIterable<Buffer>, key: string, maxBytes: number): AsyncGenerator<Buffer> {
    let piece = Buffer.alloc(0);
    let filled = 0;
    for await (const chunk of source) {
      this.bytes += chunk.length;
      if (this.bytes > maxBytes)
        throw new ObjectError('too_large', `${key} is larger than ${maxBytes} bytes`);
      this.#hash.update(chunk);
      if (filled > 0 && filled + chunk.length > PIECE_BYTES) {
        yield piece.subarray(0, filled);
        filled = 0;
      }
      if (chunk.length >= PIECE_BYTES) {
        yield chunk;
        continue;
      }
      if (filled === 0) piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
      piece.set(chunk, filled);
      filled += chunk.length;
    }
    if (filled > 0) yield piece.subarray(0, filled);
  }

  stored(): { sha256: string; bytes: number } {
    return { sha256: this.#hash.digest('hex'), bytes: this.bytes };
  }
}

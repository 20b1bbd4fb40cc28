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

/** Counts and hashes what passes. */
export class HashingMeter {
  readonly #hash = createHash('sha256');
  bytes = 0;

  /** @throws ObjectError too_large */
  async *measure(source: AsyncIterable<Buffer>, key: string, maxBytes: number): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      this.bytes += chunk.length;
      if (this.bytes > maxBytes)
        throw new ObjectError('too_large', `${key} is larger than ${maxBytes} bytes`);
      this.#hash.update(chunk);
      yield chunk;
    }
  }

  stored(): { sha256: string; bytes: number } {
    return { sha256: this.#hash.digest('hex'), bytes: this.bytes };
  }
}

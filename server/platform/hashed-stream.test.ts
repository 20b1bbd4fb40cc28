import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { randomBytes, sha256 } from '../testing/objects-contract.ts';
import { HashingMeter } from './hashed-stream.ts';

const measured = async (chunks: readonly Buffer[]) => {
  const meter = new HashingMeter();
  const pieces: Buffer[] = await Readable.from(meter.measure(Readable.from(chunks), 'a/key', 1e9)).toArray();
  return { pieces, stored: meter.stored() };
};

test('what comes byte by byte is handed on in pieces', async () => {
  const bytes = randomBytes(100_000);
  const { pieces, stored } = await measured(Array.from(bytes, (byte) => Buffer.from([byte])));
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  expect(pieces.length).toBeLessThan(10);
  expect(stored).toEqual({ sha256: sha256(bytes), bytes: bytes.length });
});

test('pieces of any size keep their order', async () => {
  const sizes = [0, 1, 16_383, 1, 16_384, 5, 70_000, 16_384, 16_383, 2, 0, 9000, 9000];
  const chunks = sizes.map((size) => randomBytes(size));
  const { pieces, stored } = await measured(chunks);
  const bytes = Buffer.concat(chunks);
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  expect(stored).toEqual({ sha256: sha256(bytes), bytes: bytes.length });
});

import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import type { Objects } from '../platform/objects.ts';

/** Both places objects can be, and what the database knows of them. */
export interface ObjectStores extends AsyncDisposable {
  files: Objects;
  s3: Objects;
  /** SHA-256 of those of the keys that samples' rows know. */
  findHashes(keys: readonly string[]): Promise<Map<string, string>>;
}

export interface MoveContext {
  /** @throws OperatorError when one of them cannot be opened */
  openStores(): Promise<ObjectStores>;
  stdout: Writable;
  stderr: Writable;
}

const AT_ONCE = 8;
const BATCH = 200;
const PROGRESS_EVERY_MS = 1000;

interface Tally {
  copied: number;
  alreadyThere: number;
  failed: number;
  bytes: number;
}

/** `balscope move-objects`; returns the exit status. */
export async function moveObjectsCommand(args: readonly string[], context: MoveContext): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { to: { type: 'string' }, 'remove-source': { type: 'boolean', default: false } },
  });
  if (values.to !== 's3' && values.to !== 'files') throw new RangeError('give --to s3 or --to files');
  await using stores = await context.openStores();
  const [from, to] = values.to === 's3' ? [stores.files, stores.s3] : [stores.s3, stores.files];
  const { tally, verified } = await copyAll(from, to, stores, context.stderr);
  const removes = values['remove-source'] && tally.failed === 0;
  if (removes) for (const key of verified) await from.remove(key);
  context.stdout.write(`${closingLine(tally)} ${sourceLine(values['remove-source'], removes)}\n`);
  return tally.failed > 0 ? 1 : 0;
}

async function copyAll(from: Objects, to: Objects, { findHashes }: ObjectStores, stderr: Writable) {
  const tally: Tally = { copied: 0, alreadyThere: 0, failed: 0, bytes: 0 };
  const verified: string[] = [];
  let saidAt = Date.now();
  for await (const keys of batchesOf(from.list(''))) {
    const hashes = await findHashes(keys);
    const waiting = keys.values();
    const moveSome = async () => {
      for (const key of waiting) {
        try {
          const { outcome, bytes } = await moveOne(from, to, key, hashes.get(key));
          tally[outcome]++;
          tally.bytes += bytes;
          verified.push(key);
        } catch (error) {
          tally.failed++;
          stderr.write(`${key}: ${error instanceof Error ? error.message : error}\n`);
        }
        if (Date.now() - saidAt < PROGRESS_EVERY_MS) continue;
        saidAt = Date.now();
        stderr.write(`${countOf(tally)} objects, ${megabytes(tally.bytes)} MB…\n`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, moveSome));
  }
  return { tally, verified };
}

/** Copies one object unless the same bytes are there already; what was copied is read back. */
async function moveOne(from: Objects, to: Objects, key: string, known: string | undefined) {
  const [source, target] = [await from.head(key), await to.head(key)];
  const bytes = source?.bytes ?? 0;
  if (source && target?.bytes === source.bytes) {
    const there = await hashOf(to, key);
    if (there === (known ?? (await hashOf(from, key)))) return { outcome: 'alreadyThere', bytes } as const;
  }
  const opened = await from.get(key, known === undefined ? undefined : { sha256: known });
  const stored = await to.put(key, opened.stream, { maxBytes: Math.max(opened.bytes, 1) });
  const { stream } = await to.get(key, stored);
  for await (const _ of stream);
  return { outcome: 'copied', bytes } as const;
}

async function hashOf(objects: Objects, key: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of (await objects.get(key)).stream) hash.update(chunk);
  return hash.digest('hex');
}

async function* batchesOf(keys: AsyncIterable<string>): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for await (const key of keys) {
    batch.push(key);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

const countOf = ({ copied, alreadyThere, failed }: Tally) => copied + alreadyThere + failed;
const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(1);

function closingLine(tally: Tally): string {
  const { copied, alreadyThere, failed, bytes } = tally;
  return `${countOf(tally)} objects (${megabytes(bytes)} MB): ${copied} copied, ${alreadyThere} already there, ${failed} failed.`;
}

function sourceLine(wanted: boolean, done: boolean): string {
  if (done) return 'The source was removed.';
  return wanted ? 'The source is kept because of the failures.' : 'The source is kept.';
}

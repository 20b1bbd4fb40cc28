import { createHash } from 'node:crypto';
import { closeSync, createReadStream, existsSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { OperatorError } from '../operator-error.ts';

/**
 * What a backup holds, one JSON line each: first about the backup, then every table, sequence and object, at last the
 * hash of all lines before. Written under another name until it is complete.
 */
const FILE = 'manifest.jsonl';
const DRAFT = 'manifest.unfinished';
export const FORMAT = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const bytes = z.number().int().nonnegative();

const Head = z.strictObject({
  type: z.literal('backup'),
  format: z.number(),
  made_at: z.iso.datetime(),
  /** When the newest migration of the database was made, in ms since 1970. */
  schema: z.number(),
  kind: z.enum(['laboratory', 'demonstration']),
});
const Table = z.strictObject({
  type: z.literal('table'),
  name: z.string(),
  columns: z.array(z.string()),
  rows: z.number().int(),
  file: z.string().regex(/^tables\/[a-z0-9_]+\.jsonl\.gz$/),
  bytes,
  sha256,
});
const Sequence = z.strictObject({ type: z.literal('sequence'), name: z.string(), value: z.string() });
const StoredObject = z.strictObject({ type: z.literal('object'), key: z.string(), bytes, sha256 });
const Damaged = z.strictObject({ type: z.literal('damaged'), key: z.string(), reason: z.string() });
const End = z.strictObject({ type: z.literal('end'), sha256 });

const Entry = z.discriminatedUnion('type', [Head, Table, Sequence, StoredObject, Damaged, End]);

export type ManifestHead = z.infer<typeof Head>;
export type ManifestTable = z.infer<typeof Table>;
export type ManifestEntry = Exclude<z.infer<typeof Entry>, { type: 'end' }>;

export interface ManifestWriter extends Disposable {
  add(entry: ManifestEntry): void;
  /** Makes the backup one: without this there is no manifest. */
  finish(): void;
}

export function writeManifest(folder: string): ManifestWriter {
  const draft = path.join(folder, DRAFT);
  const descriptor = openSync(draft, 'wx', 0o600);
  const hash = createHash('sha256');
  const write = (entry: z.infer<typeof Entry>) => {
    const line = `${JSON.stringify(entry)}\n`;
    hash.update(line);
    writeSync(descriptor, line);
  };
  return {
    add: write,
    finish: () => {
      write({ type: 'end', sha256: hash.copy().digest('hex') });
      fsyncSync(descriptor);
      renameSync(draft, path.join(folder, FILE));
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}

/**
 * Reads the whole manifest once.
 * @returns its first line
 * @throws OperatorError unless it is complete and as it was written
 */
export async function verifyManifest(folder: string): Promise<ManifestHead> {
  if (!existsSync(path.join(folder, FILE))) {
    throw new OperatorError(
      existsSync(path.join(folder, DRAFT))
        ? `The backup in ${folder} was not finished. Restore another one.`
        : `There is no backup in ${folder}: it has no ${FILE}.`,
    );
  }
  const hash = createHash('sha256');
  let head: ManifestHead | undefined;
  let isWhole = false;
  for await (const line of linesOf(folder)) {
    const entry = parseLine(folder, line);
    isWhole = entry.type === 'end' && entry.sha256 === hash.copy().digest('hex');
    hash.update(`${line}\n`);
    if (!head) head = Head.safeParse(entry).data ?? damaged(folder);
  }
  if (!head || !isWhole) damaged(folder);
  if (head.format !== FORMAT) {
    throw new OperatorError(
      `The backup in ${folder} has format ${head.format}, and this BALscope reads ${FORMAT}. Restore it with the version that made it.`,
    );
  }
  return head;
}

export async function* readManifest(folder: string): AsyncGenerator<z.infer<typeof Entry>> {
  for await (const line of linesOf(folder)) yield parseLine(folder, line);
}

function linesOf(folder: string): AsyncIterable<string> {
  return createInterface(createReadStream(path.join(folder, FILE)));
}

function parseLine(folder: string, line: string): z.infer<typeof Entry> {
  try {
    return Entry.parse(JSON.parse(line));
  } catch {
    return damaged(folder);
  }
}

function damaged(folder: string): never {
  throw new OperatorError(
    `The manifest of the backup in ${folder} is not as it was written: the backup is damaged or was changed. Restore another one.`,
  );
}

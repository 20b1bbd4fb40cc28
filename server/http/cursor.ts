import { z } from 'zod';
import { validationFailed } from '../errors.ts';

/** Where a page ended: the value it is sorted by, as text, and the id that decides between equals. */
export interface Cursor {
  key: string;
  id: string;
}

/** Which rows of a list a page is: so many behind a cursor, or from a number on. */
export interface Place {
  after: Cursor | undefined;
  limit: number;
  offset: number;
}

const keys = {
  text: z.string().max(400),
  time: z.iso.datetime(),
  /** The id of a group of rows, and a text within it. */
  idAndText: z
    .string()
    .max(400)
    .regex(/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12} /),
};

export type CursorKind = keyof typeof keys;

export function encodeCursor(sort: string, { key, id }: Cursor): string {
  return Buffer.from(JSON.stringify([sort, key, id])).toString('base64url');
}

/**
 * @param next what an earlier answer gave, or undefined for the first page
 * @throws AppError validation_failed for anything else, such as the cursor of another order
 */
export function decodeCursor(next: string | undefined, sort: string, kind: CursorKind): Cursor | undefined {
  if (next === undefined) return undefined;
  const parsed = z.tuple([z.literal(sort), keys[kind], z.uuid()]).safeParse(parseJson(next));
  if (!parsed.success) {
    const message = 'is not a cursor of this list in this order; begin without it';
    throw validationFailed([{ path: 'next', message }]);
  }
  const [, key, id] = parsed.data;
  return { key, id };
}

function parseJson(next: string): unknown {
  try {
    return JSON.parse(Buffer.from(next, 'base64url').toString());
  } catch {
    return undefined;
  }
}

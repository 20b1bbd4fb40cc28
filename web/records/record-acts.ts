import { ApiError } from '../../contract/client.ts';
import { messageOf } from '../api/error-message.ts';

/** What became of an act over many rows. */
export interface Outcome {
  done: readonly string[];
  refused: readonly { id: string; detail: string }[];
}

/** Something to do to the rows that were chosen. */
export interface RecordAct {
  label: string;
  /** Says exactly what happens to how many, such as "3 images". */
  title: (what: string) => string;
  text: string;
  submitLabel: string;
  isDestructive?: boolean;
  /** Something to choose first. */
  choice?: { label: string; options: readonly { value: string; label: string }[] };
  run: (ids: readonly string[], choice: string) => Promise<Outcome>;
}

/** Acts on row after row; one that is refused leaves the others done. Failures that concern them all are thrown. */
export async function oneByOne(
  ids: readonly string[],
  act: (id: string) => Promise<unknown>,
): Promise<Outcome> {
  const done: string[] = [];
  const refused: { id: string; detail: string }[] = [];
  for (const id of ids) {
    try {
      await act(id);
      done.push(id);
    } catch (error) {
      if (!(error instanceof ApiError) || !REFUSALS.has(error.code)) throw error;
      refused.push({ id, detail: messageOf(error).text });
    }
  }
  return { done, refused };
}

const REFUSALS = new Set(['not_found', 'conflict', 'stale_version', 'validation_failed']);

/** Names of the first rows, so that one sees whether these are meant. */
export function namesShown(names: readonly string[], most = 5): string[] {
  if (names.length <= most) return [...names];
  return [...names.slice(0, most - 1), `and ${names.length - most + 1} more`];
}

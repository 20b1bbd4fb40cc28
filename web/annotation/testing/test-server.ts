import type { SaveResult } from '../autosave.ts';
import type { SavedAnnotation } from '../cell-store.ts';
import type { AnnotationToSave, SaveBatch } from '../save-batch.ts';

/** How a request goes wrong: it never arrives, or it is carried out and its answer never comes. */
export type Fault = 'none' | 'unreached' | 'answer lost';

/** Keeps rows as the API promises: versions are checked, a repeated key gets the first answer. */
export class TestServer {
  readonly rows: Map<string, SavedAnnotation>;
  /** Batches that were carried out. */
  readonly batches: SaveBatch[] = [];
  readonly #faults: Fault[];
  readonly #answers = new Map<string, SaveResult>();
  readonly #latencyMs: number;
  #nextId = 1;

  constructor(rows: readonly SavedAnnotation[] = [], faults: readonly Fault[] = [], latencyMs = 0) {
    this.#latencyMs = latencyMs;
    this.rows = new Map(rows.map((row) => [row.id, { ...row }]));
    this.#faults = [...faults];
  }

  readonly save = async (batch: SaveBatch): Promise<SaveResult> => {
    const fault = this.#faults.shift() ?? 'none';
    if (this.#latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#latencyMs));
    if (fault === 'unreached') throw new Error('connection refused');
    const answer = this.#answers.get(batch.idempotencyKey) ?? this.#carryOut(batch);
    this.#answers.set(batch.idempotencyKey, answer);
    if (fault === 'answer lost') throw new Error('connection reset');
    return answer;
  };

  #carryOut(batch: SaveBatch): SaveResult {
    const stale = batch.annotations.filter(({ id, version }) => id && this.rows.get(id)?.version !== version);
    if (stale.length > 0) {
      return {
        outcome: 'conflict',
        stale: stale.map(({ id }) => ({ id: id!, current: this.rows.get(id!) ?? null })),
      };
    }
    this.batches.push(batch);
    for (const id of batch.removed) this.rows.delete(id);
    return { outcome: 'saved', annotations: batch.annotations.map((annotation) => this.#write(annotation)) };
  }

  #write(annotation: AnnotationToSave): SavedAnnotation {
    const id = annotation.id ?? `row-${this.#nextId++}`;
    const row = {
      id,
      version: (this.rows.get(id)?.version ?? 0) + 1,
      cellCoordinates: annotation.cellCoordinates,
      cellType: annotation.cellType,
      comments: annotation.comments ?? null,
      source: annotation.source,
      detectionIndex: annotation.detectionIndex ?? null,
    };
    this.rows.set(id, row);
    return row;
  }
}

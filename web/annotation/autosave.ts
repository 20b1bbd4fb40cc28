import { type AnnotationRef, idsOf } from './cell-edit.ts';
import type { CellStore, SavedAnnotation } from './cell-store.ts';
import { cellsOf, type SaveBatch, takeBatch } from './save-batch.ts';

/** What the server said. A rejected promise means that nobody knows, and the same batch is sent again. */
export type SaveResult =
  /** The rows of `batch.annotations`, in its order. */
  | { outcome: 'saved'; annotations: readonly AnnotationRef[] }
  /** Nothing was written: these rows changed elsewhere (null: deleted). */
  | { outcome: 'conflict'; stale: readonly { id: string; current: SavedAnnotation | null }[] }
  /** Nothing was written, and sending it again would not help: no right, reading closed, refused as invalid. */
  | { outcome: 'refused'; reason: string };

/** A cell that was changed here and elsewhere. */
export interface SaveConflict {
  cell: number;
  current: SavedAnnotation | null;
}

export type SaveState =
  | { kind: 'saved' | 'unsaved' | 'saving' }
  /** `retryAt` in milliseconds since 1970, to count down. */
  | { kind: 'offline'; retryAt: number }
  | { kind: 'conflict'; conflicts: readonly SaveConflict[] }
  | { kind: 'refused'; reason: string };

const QUIET_MS = 600;
/** Edits without a pause are saved at least this often. */
const LONGEST_WAIT_MS = 5_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/**
 * Saves the reader's edits: after a pause, one batch at a time, again with growing delays while the server is out
 * of reach. Edits made during a save go into the next one. Knows no HTTP: `save` sends a batch.
 */
export class Autosave {
  readonly #store: CellStore;
  readonly #save: (batch: SaveBatch) => Promise<SaveResult>;
  readonly #dirty = new Set<number>();
  readonly #subscribers = new Set<() => void>();
  readonly #stopObserving: () => void;
  /** Sent, but its answer never came. */
  #unanswered: SaveBatch | null = null;
  #sending: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waitingSince = 0;
  #failures = 0;
  #disposed = false;
  #state: SaveState = { kind: 'saved' };

  constructor(store: CellStore, save: (batch: SaveBatch) => Promise<SaveResult>) {
    this.#store = store;
    this.#save = save;
    this.#stopObserving = store.observe((edit) => {
      if (edit.origin !== 'user' && edit.origin !== 'undo') return;
      for (const id of idsOf(edit)) this.#dirty.add(id);
      this.#scheduleAfterEdit();
    });
  }

  readonly subscribe = (subscriber: () => void): (() => void) => {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  };

  readonly getState = (): SaveState => this.#state;

  /** Saves all there is now, as before leaving the page; false when something could not be saved. */
  async flush(): Promise<boolean> {
    await this.#sending;
    while (this.#hasWork() && this.#state.kind !== 'conflict') {
      const failures = this.#failures;
      await this.#send();
      if (this.#state.kind === 'refused' || this.#failures > failures) break;
    }
    return this.#state.kind === 'saved';
  }

  /** Ends a conflict: `mine` writes the reader's cells over the server's, `theirs` takes the server's. */
  resolve(keep: 'mine' | 'theirs'): void {
    if (this.#state.kind !== 'conflict') return;
    const { conflicts } = this.#state;
    for (const { cell, current } of conflicts) {
      if (keep === 'mine') {
        this.#store.setAnnotations(Uint32Array.of(cell), [current], 'load');
      } else {
        this.#dirty.delete(cell);
        this.#store.takeSaved(cell, current);
      }
    }
    this.#settle();
  }

  /** Stops observing and retrying. What was not saved is left behind: `flush` first. */
  dispose(): void {
    this.#disposed = true;
    this.#stopObserving();
    clearTimeout(this.#timer);
    this.#subscribers.clear();
  }

  #hasWork(): boolean {
    return this.#dirty.size > 0 || this.#unanswered !== null;
  }

  #scheduleAfterEdit(): void {
    if (this.#state.kind === 'conflict' || this.#state.kind === 'offline') return;
    if (this.#sending) return;
    if (this.#state.kind !== 'unsaved') this.#waitingSince = Date.now();
    this.#setState({ kind: 'unsaved' });
    const waited = Date.now() - this.#waitingSince;
    this.#sendIn(Math.max(0, Math.min(QUIET_MS, LONGEST_WAIT_MS - waited)));
  }

  #sendIn(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), delayMs);
  }

  #send(): Promise<void> {
    this.#sending ??= this.#sendOne().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  async #sendOne(): Promise<void> {
    clearTimeout(this.#timer);
    const batch = this.#unanswered ?? takeBatch(this.#store, this.#dirty);
    if (!batch) {
      this.#settle();
      return;
    }
    this.#unanswered = batch;
    this.#setState({ kind: 'saving' });
    const result = await this.#save(batch).catch(() => null);
    if (this.#disposed) return;
    if (result) this.#take(batch, result);
    else this.#retryLater();
  }

  #take(batch: SaveBatch, result: SaveResult): void {
    this.#unanswered = null;
    this.#failures = 0;
    if (result.outcome === 'saved') {
      const cells = Uint32Array.from(cellsOf(batch));
      this.#store.setAnnotations(cells, [...result.annotations, ...batch.removed.map(() => null)], 'save');
      this.#settle();
      return;
    }
    for (const id of cellsOf(batch)) this.#dirty.add(id);
    if (result.outcome === 'refused') {
      this.#setState({ kind: 'refused', reason: result.reason });
      return;
    }
    const cells = cellsOf(batch);
    const rows = [...batch.annotations.map((annotation) => annotation.id), ...batch.removed];
    const conflicts = result.stale.map(({ id, current }) => ({ cell: cells[rows.indexOf(id)], current }));
    this.#setState({ kind: 'conflict', conflicts });
  }

  /** After an answer: done, or on to what changed meanwhile. */
  #settle(): void {
    if (!this.#hasWork()) {
      this.#setState({ kind: 'saved' });
      return;
    }
    this.#waitingSince = Date.now();
    this.#setState({ kind: 'unsaved' });
    this.#sendIn(QUIET_MS);
  }

  #retryLater(): void {
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures);
    const delayMs = longest * (0.5 + Math.random() / 2);
    this.#failures++;
    this.#setState({ kind: 'offline', retryAt: Date.now() + delayMs });
    this.#sendIn(delayMs);
  }

  #setState(state: SaveState): void {
    if (state.kind === this.#state.kind && state.kind in UNIFORM) return;
    this.#state = state;
    for (const subscriber of this.#subscribers) subscriber();
  }
}

/** States that are the same whenever they occur. */
const UNIFORM: Partial<Record<SaveState['kind'], true>> = { saved: true, unsaved: true, saving: true };

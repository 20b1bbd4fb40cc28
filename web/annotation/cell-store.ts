import type { CellType } from '../../core/cell-types.ts';
import type { PackedCells } from '../../core/detection/packed-cells.ts';
import { appendSlot, type CellColumns, columnsOfRun } from './cell-columns.ts';
import { CellCounter, type CellCounts } from './cell-counts.ts';
import {
  type AnnotationRef,
  type Box,
  CellState,
  type Edit,
  type FieldChange,
  isPresent,
} from './cell-edit.ts';

/** A reader's saved annotation, as the server answers it. */
export interface SavedAnnotation {
  id: string;
  version: number;
  cellCoordinates: Box;
  cellType: string;
  comments: string | null;
  /** `rejection`: the reader removed the machine's cell of that index. */
  source: 'manual' | 'detection' | 'rejection';
  /** Index in the run that the store was made from; null for an added cell or one of an older run. */
  detectionIndex: number | null;
}

/** One cell as a plain object, for panels; never for loops over many cells. */
export interface CellDescription {
  id: number;
  box: Box;
  type: number;
  cellType: CellType;
  state: CellState;
  /** 0–1; null for a cell that the machine did not find. */
  confidence: number | null;
  /** What the machine took it for, where the reader says otherwise. */
  changedFrom: CellType | null;
  /** The machine could not tell between two types, and nobody has looked yet. */
  uncertain: boolean;
  detectionIndex: number | null;
  comment: string;
  annotation: AnnotationRef | null;
}

export interface CellStoreSource {
  run: PackedCells | null;
  annotations: readonly SavedAnnotation[];
  cellTypes: readonly CellType[];
}

/**
 * The truth about the cells of one sample. A cell is an integer id: the machine's cells have their index in the
 * run, others follow. Ids are never reused, so undo entries and saves stay valid. `observe` gives every edit to
 * drawing, undo and autosave; `subscribe` and `getVersion` serve React's `useSyncExternalStore`.
 */
export class CellStore {
  readonly run: PackedCells | null;
  readonly #cellTypes: CellType[];
  readonly #columns: CellColumns;
  readonly #comments = new Map<number, string>();
  readonly #annotations = new Map<number, AnnotationRef>();
  readonly #counter = new CellCounter();
  readonly #observers = new Set<(edit: Edit) => void>();
  readonly #subscribers = new Set<() => void>();
  #version = 0;
  #counts: { version: number; value: CellCounts } | null = null;

  constructor({ run, annotations, cellTypes }: CellStoreSource) {
    this.run = run;
    this.#cellTypes = [...cellTypes];
    this.#columns = columnsOfRun(
      run,
      (run?.types ?? []).map((code) => this.typeIndex(code)),
    );
    for (const annotation of annotations) this.#place(annotation);
    const { count, type, state } = this.#columns;
    for (let id = 0; id < count; id++) this.#counter.add(type[id], state[id]);
  }

  /** The arrays themselves, to read. They are replaced when cells are added: take them anew in each pass. */
  get columns(): Readonly<CellColumns> {
    return this.#columns;
  }

  get cellTypes(): readonly CellType[] {
    return this.#cellTypes;
  }

  /** Index of a code; a code that the laboratory no longer lists is kept under its own name, never renamed. */
  typeIndex(code: string): number {
    const known = this.#cellTypes.findIndex((type) => type.code === code);
    if (known >= 0) return known;
    const retired = { code, name: code, color: '#808080', key: '', immune: false, nucleated: false };
    return this.#cellTypes.push(retired) - 1;
  }

  isPresent(id: number): boolean {
    return id < this.#columns.count && isPresent(this.#columns.state[id]);
  }

  boxOf(id: number): Box {
    const [x, y, width, height] = this.#columns.box.subarray(id * 4, id * 4 + 4);
    return { x, y, width, height };
  }

  /** Whether the nucleus outline of the run still lies in the cell's box, which the reader may have moved. */
  hasOutline(id: number): boolean {
    const run = this.run;
    if (!run || id >= run.count || run.outlineStart[id] === run.outlineStart[id + 1]) return false;
    const box = this.#columns.box;
    const x = run.nucleus[id * 2] - box[id * 4];
    const y = run.nucleus[id * 2 + 1] - box[id * 4 + 1];
    return x >= 0 && y >= 0 && x <= box[id * 4 + 2] && y <= box[id * 4 + 3];
  }

  annotationOf(id: number): AnnotationRef | null {
    return this.#annotations.get(id) ?? null;
  }

  commentOf(id: number): string {
    return this.#comments.get(id) ?? '';
  }

  describe(id: number): CellDescription {
    const { type, foundType, state, confidence, uncertain, detectionIndex } = this.#columns;
    const found = detectionIndex[id] >= 0;
    return {
      id,
      box: this.boxOf(id),
      type: type[id],
      cellType: this.#cellTypes[type[id]],
      state: state[id] as CellState,
      confidence: found ? confidence[id] / 255 : null,
      changedFrom: found && foundType[id] !== type[id] ? this.#cellTypes[foundType[id]] : null,
      uncertain: uncertain[id] === 1 && state[id] === CellState.unreviewed,
      detectionIndex: found ? detectionIndex[id] : null,
      comment: this.commentOf(id),
      annotation: this.annotationOf(id),
    };
  }

  counts(): CellCounts {
    if (this.#counts?.version !== this.#version) {
      this.#counts = { version: this.#version, value: this.#counter.counts(this.#cellTypes.length) };
    }
    return this.#counts.value;
  }

  relabel(ids: Iterable<number>, type: number): void {
    if (!this.#cellTypes[type])
      throw new RangeError(`cell type ${type}: the laboratory has none of that index`);
    const present = this.#present(ids);
    const other = present.filter((id) => this.#columns.type[id] !== type);
    this.#commit([this.#bytes('type', other, () => type), ...this.#acceptance(present)]);
  }

  /** Marks detections as looked at and right; other cells are already the reader's. */
  accept(ids: Iterable<number>): void {
    this.#commit(this.#acceptance(this.#present(ids)));
  }

  /** Adds a cell and answers its id. */
  add(box: Box, type: number): number {
    const id = appendSlot(this.#columns);
    const ids = Uint32Array.of(id);
    this.#commit([
      this.#boxes(ids, [box]),
      this.#bytes('type', ids, () => type),
      this.#bytes('state', ids, () => CellState.manual),
    ]);
    return id;
  }

  setBox(id: number, box: Box): void {
    const ids = this.#present([id]);
    this.#commit([this.#boxes(ids, [box]), ...this.#acceptance(ids)]);
  }

  /** A detection becomes rejected, an added cell erased; both come back with undo. */
  remove(ids: Iterable<number>): void {
    const { state } = this.#columns;
    const gone = (id: number) => (state[id] === CellState.manual ? CellState.erased : CellState.rejected);
    this.#commit([this.#bytes('state', this.#present(ids), gone)]);
  }

  setComment(id: number, comment: string): void {
    const ids = this.#present([id]);
    if (this.commentOf(id) === comment) return;
    this.#commit([
      { field: 'comment', ids, before: [this.commentOf(id)], after: [comment] },
      ...this.#acceptance(ids),
    ]);
  }

  /** Records what the server gave for saved cells; null where it no longer holds a row. */
  setAnnotations(ids: Uint32Array, after: readonly (AnnotationRef | null)[], origin: 'save' | 'load'): void {
    this.apply({ origin, changes: [this.#annotationChange(ids, after)] });
  }

  /** Replaces a cell by what the server holds for it; null: no row, so a detection is as the machine found it. */
  takeSaved(id: number, saved: SavedAnnotation | null): void {
    const ids = Uint32Array.of(id);
    const found = this.#columns.detectionIndex[id] >= 0;
    const changes: FieldChange[] = [this.#annotationChange(ids, [saved])];
    if (saved || found) {
      const type = saved ? this.typeIndex(saved.cellType) : this.#columns.foundType[id];
      changes.push(
        this.#boxes(ids, [saved ? saved.cellCoordinates : this.#foundBox(id)]),
        this.#bytes('type', ids, () => type),
        { field: 'comment', ids, before: [this.commentOf(id)], after: [saved?.comments ?? ''] },
      );
    }
    const state = saved ? stateOf(saved) : found ? CellState.unreviewed : CellState.erased;
    changes.push(this.#bytes('state', ids, () => state));
    this.apply({ origin: 'load', changes });
  }

  /** Writes an edit and tells everyone: how undo, redo and loads come in. Users' acts have methods of their own. */
  apply(edit: Edit): void {
    for (const change of edit.changes) this.#write(change);
    this.#version++;
    for (const observer of this.#observers) observer(edit);
    for (const subscriber of this.#subscribers) subscriber();
  }

  /** Calls `observer` after each edit, before React is told. Answers the function that ends it. */
  observe(observer: (edit: Edit) => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  readonly subscribe = (subscriber: () => void): (() => void) => {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  };

  readonly getVersion = (): number => this.#version;

  #foundBox(id: number): Box {
    const [x, y, width, height] = this.run!.box.subarray(id * 4, id * 4 + 4);
    return { x, y, width, height };
  }

  #place(annotation: SavedAnnotation): void {
    const index = annotation.detectionIndex;
    const known = index !== null && index < (this.run?.count ?? 0) && !this.#annotations.has(index);
    if (!known && annotation.source === 'rejection') return;
    const id = known ? index : appendSlot(this.#columns);
    const { x, y, width, height } = annotation.cellCoordinates;
    this.#columns.box.set([x, y, width, height], id * 4);
    this.#columns.type[id] = this.typeIndex(annotation.cellType);
    this.#columns.state[id] = known ? stateOf(annotation) : CellState.manual;
    this.#annotations.set(id, { id: annotation.id, version: annotation.version });
    if (annotation.comments) this.#comments.set(id, annotation.comments);
  }

  #present(ids: Iterable<number>): Uint32Array {
    return Uint32Array.from(new Set(ids)).filter((id) => this.isPresent(id));
  }

  #acceptance(ids: Uint32Array): FieldChange[] {
    const unreviewed = ids.filter((id) => this.#columns.state[id] === CellState.unreviewed);
    return [this.#bytes('state', unreviewed, () => CellState.accepted)];
  }

  #bytes(field: 'type' | 'state', ids: Uint32Array, newValue: (id: number) => number): FieldChange {
    const column = this.#columns[field];
    const before = Uint8Array.from(ids, (id) => column[id]);
    return { field, ids, before, after: Uint8Array.from(ids, newValue) };
  }

  #boxes(ids: Uint32Array, boxes: readonly Box[]): FieldChange {
    const column = this.#columns.box;
    const before = Float32Array.from({ length: ids.length * 4 }, (_, i) => column[ids[i >> 2] * 4 + (i & 3)]);
    const after = Float32Array.from(boxes.flatMap(({ x, y, width, height }) => [x, y, width, height]));
    return { field: 'box', ids, before, after };
  }

  #annotationChange(ids: Uint32Array, after: readonly (AnnotationRef | null)[]): FieldChange {
    const refs = after.map((ref) => ref && { id: ref.id, version: ref.version });
    return {
      field: 'annotation',
      ids,
      before: Array.from(ids, (id) => this.annotationOf(id)),
      after: refs,
    };
  }

  #commit(changes: readonly FieldChange[]): void {
    const real = changes.filter((change) => change.ids.length > 0);
    if (real.length > 0) this.apply({ origin: 'user', changes: real });
  }

  #write(change: FieldChange): void {
    const { ids } = change;
    if (change.field === 'box') {
      for (let i = 0; i < ids.length; i++) {
        this.#columns.box.set(change.after.subarray(i * 4, i * 4 + 4), ids[i] * 4);
      }
    } else if (change.field === 'comment') {
      for (let i = 0; i < ids.length; i++) putOrDelete(this.#comments, ids[i], change.after[i] || null);
    } else if (change.field === 'annotation') {
      for (let i = 0; i < ids.length; i++) putOrDelete(this.#annotations, ids[i], change.after[i]);
    } else {
      this.#writeCounted(this.#columns[change.field], ids, change.after);
    }
  }

  #writeCounted(column: Uint8Array, ids: Uint32Array, after: Uint8Array): void {
    const { type, state } = this.#columns;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i];
      this.#counter.subtract(type[id], state[id]);
      column[id] = after[i];
      this.#counter.add(type[id], state[id]);
    }
  }
}

function stateOf({ source }: SavedAnnotation): CellState {
  if (source === 'rejection') return CellState.rejected;
  return source === 'detection' ? CellState.accepted : CellState.manual;
}

function putOrDelete<Value>(map: Map<number, Value>, id: number, value: Value | null): void {
  if (value === null) map.delete(id);
  else map.set(id, value);
}

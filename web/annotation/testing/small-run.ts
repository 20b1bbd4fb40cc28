import { DEFAULT_CELL_TYPES } from '../../../core/cell-types.ts';
import type { PackedCells } from '../../../core/detection/packed-cells.ts';
import type { Box } from '../cell-edit.ts';
import { CellStore, type SavedAnnotation } from '../cell-store.ts';

/** A run of these boxes, types by index into the default cell types; each nucleus is the middle ninth of its box. */
export function runOf(
  cells: readonly { box: Box; type?: number; confidence?: number; uncertain?: boolean }[],
): PackedCells {
  const outlines = cells.map(({ box }) => middleOf(box));
  return {
    count: cells.length,
    types: DEFAULT_CELL_TYPES.map((type) => type.code),
    box: Float32Array.from(cells.flatMap(({ box }) => [box.x, box.y, box.width, box.height])),
    nucleus: Float32Array.from(cells.flatMap(({ box }) => [box.x + box.width / 2, box.y + box.height / 2])),
    nucleusAreaPx: Float32Array.from(cells, ({ box }) => (box.width * box.height) / 9),
    type: Uint8Array.from(cells, ({ type }) => type ?? 0),
    confidence: Uint8Array.from(cells, ({ confidence }) => confidence ?? 200),
    uncertain: Uint8Array.from(cells, ({ uncertain }) => (uncertain ? 1 : 0)),
    outlineStart: Uint32Array.from({ length: cells.length + 1 }, (_, i) => i * 4),
    outline: Float32Array.from(outlines.flat()),
  };
}

/** A store of `columns` × `lines` cells of 20 px, 40 px apart, the types one after the other. */
export function latticeStore(
  columns: number,
  lines: number,
  annotations: readonly SavedAnnotation[] = [],
): CellStore {
  const cells = Array.from({ length: columns * lines }, (_, i) => ({
    box: { x: (i % columns) * 40 + 10, y: Math.floor(i / columns) * 40 + 10, width: 20, height: 20 },
    type: i % DEFAULT_CELL_TYPES.length,
  }));
  return new CellStore({ run: runOf(cells), annotations, cellTypes: DEFAULT_CELL_TYPES });
}

export function saved(part: Partial<SavedAnnotation>): SavedAnnotation {
  return {
    id: 'a1',
    version: 1,
    cellCoordinates: { x: 1, y: 2, width: 3, height: 4 },
    cellType: 'WBC-Neutrophil',
    comments: null,
    source: 'manual',
    detectionIndex: null,
    ...part,
  };
}

function middleOf({ x, y, width, height }: Box): number[] {
  const [left, right] = [x + width / 3, x + (2 * width) / 3];
  const [top, bottom] = [y + height / 3, y + (2 * height) / 3];
  return [left, top, right, top, right, bottom, left, bottom];
}

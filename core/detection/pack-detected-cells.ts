import { DEFAULT_CELL_TYPES } from '../cell-types.ts';
import type { DetectedCell } from './detect-cells.ts';
import type { PackedCells } from './packed-cells.ts';

/**
 * Packs the cells of a detection into flat arrays.
 * @param types codes that `PackedCells.type` indexes, at most 255
 * @throws RangeError when a cell's type is not among them, or there are more than 255
 */
export function packCells(
  cells: readonly DetectedCell[],
  types: readonly string[] = DEFAULT_CELL_TYPES.map(({ code }) => code),
): PackedCells {
  if (types.length > 255) throw new RangeError(`${types.length} cell types; a packed run holds at most 255`);
  const indexOfType = new Map(types.map((code, index) => [code, index]));
  const points = cells.reduce((sum, cell) => sum + cell.nucleus.outline.length / 2, 0);
  const packed: PackedCells = {
    count: cells.length,
    types,
    box: new Float32Array(cells.length * 4),
    nucleus: new Float32Array(cells.length * 2),
    nucleusAreaPx: new Float32Array(cells.length),
    type: new Uint8Array(cells.length),
    confidence: new Uint8Array(cells.length),
    uncertain: new Uint8Array(cells.length),
    outlineStart: new Uint32Array(cells.length + 1),
    outline: new Float32Array(points * 2),
  };
  for (const [i, cell] of cells.entries()) {
    const type = indexOfType.get(cell.cellType);
    if (type === undefined) {
      throw new RangeError(
        `cell type ${cell.cellType} is not in the list of types; add it or rename the cells`,
      );
    }
    packed.box.set([cell.x, cell.y, cell.width, cell.height], i * 4);
    packed.nucleus.set([cell.nucleus.x, cell.nucleus.y], i * 2);
    packed.nucleusAreaPx[i] = cell.nucleus.areaPx;
    packed.type[i] = type;
    packed.confidence[i] = Math.round(cell.confidence * 255);
    packed.uncertain[i] = cell.uncertain ? 1 : 0;
    packed.outline.set(cell.nucleus.outline, packed.outlineStart[i] * 2);
    packed.outlineStart[i + 1] = packed.outlineStart[i] + cell.nucleus.outline.length / 2;
  }
  return packed;
}

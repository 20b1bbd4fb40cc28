import type { CellType } from '../../core/cell-types.ts';
import type { PackedCells } from '../../core/detection/packed-cells.ts';

export interface TypeCount {
  code: string;
  name: string;
  color: string;
  stored: number;
  /** null: no preview. */
  preview: number | null;
}

const UNLISTED_COLOR = '#808080';

/** The machine's cells by type, before and after, in the laboratory's order; types without any are left out. */
export function countTypes(
  cellTypes: readonly CellType[],
  stored: PackedCells | null,
  preview: PackedCells | null,
): TypeCount[] {
  const before = countsOf(stored);
  const after = countsOf(preview);
  const codes = new Set([...cellTypes.map(({ code }) => code), ...before.keys(), ...after.keys()]);
  return [...codes]
    .filter((code) => before.has(code) || after.has(code))
    .map((code) => {
      const type = cellTypes.find((one) => one.code === code);
      return {
        code,
        name: type?.name ?? code,
        color: type?.color ?? UNLISTED_COLOR,
        stored: before.get(code) ?? 0,
        preview: preview && (after.get(code) ?? 0),
      };
    });
}

function countsOf(cells: PackedCells | null): Map<string, number> {
  const counts = new Map<string, number>();
  if (!cells) return counts;
  for (const type of cells.type) {
    const code = cells.types[type];
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return counts;
}

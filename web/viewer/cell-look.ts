import type { CellType } from '../../core/cell-types.ts';
import type { CellColumns } from '../annotation/cell-columns.ts';
import { CellState, isPresent } from '../annotation/cell-edit.ts';

/** What of the cells is shown, and what stands out. Filters never hide what the reader did. */
export interface CellLook {
  /** Types whose cells are hidden, by index. */
  hiddenTypes: ReadonlySet<number>;
  /** 0–1: unreviewed detections below it are hidden. */
  minConfidence: number;
  /** −1 for none. */
  hovered: number;
  selected: ReadonlySet<number>;
  /** False hides every cell. */
  shown: boolean;
  /** Detections that nobody looked at are hidden: others are previewed in their place. */
  reviewedOnly: boolean;
}

/** Detections below this, like uncertain ones, are marked as doubtful until a reader has looked at them. */
export const DOUBTFUL_CONFIDENCE = 0.5;

/** Decides whether a cell is drawn and can be picked; made once a pass, so that the test itself is cheap. */
export function visibilityOf(columns: CellColumns, look: CellLook): (id: number) => boolean {
  const { type, state, confidence } = columns;
  const hidden = new Uint8Array(256);
  for (const index of look.hiddenTypes) hidden[index] = 1;
  const least = look.minConfidence * 255;
  return (id) =>
    look.shown &&
    isPresent(state[id]) &&
    hidden[type[id]] === 0 &&
    (state[id] !== CellState.unreviewed || (!look.reviewedOnly && confidence[id] >= least));
}

/** Colours of the cell types, for canvas paths and for pixels written directly. */
export interface Palette {
  css: readonly string[];
  /** Red, green, blue of each type, 0–255. */
  rgb: readonly (readonly [number, number, number])[];
}

/** @throws RangeError when a colour is not `#rrggbb`. */
export function paletteOf(cellTypes: readonly CellType[]): Palette {
  const css = cellTypes.map((type) => type.color);
  return { css, rgb: css.map(rgbOf) };
}

/** One pixel of a little-endian `Uint32` frame. */
export function pixelOf([red, green, blue]: readonly [number, number, number], alpha: number): number {
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function rgbOf(color: string): [number, number, number] {
  if (!/^#[0-9a-f]{6}$/i.test(color)) throw new RangeError(`colour "${color}" of a cell type is not #rrggbb`);
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

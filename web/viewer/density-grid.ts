import type { CellColumns } from '../annotation/cell-columns.ts';
import type { Camera } from './camera.ts';
import { type Palette, pixelOf } from './cell-look.ts';
import type { PixelFrame } from './pixel-frame.ts';

/** Side of a square, CSS pixels. */
const SQUARE_PX = 6;
const FAINTEST = 40;
const STRONGEST = 170;

/**
 * What is shown when cells are too many and too small to tell apart: squares in the colour of the commonest type,
 * the stronger the more cells. The squares stay with the image while it is panned.
 */
export class DensityGrid {
  readonly #side: number;
  readonly #firstColumn: number;
  readonly #firstLine: number;
  readonly #columns: number;
  readonly #lines: number;
  readonly #types: number;
  readonly #counts: Uint16Array;

  constructor({ originX, originY, scale, width, height }: Camera, types: number) {
    this.#side = SQUARE_PX / scale;
    this.#firstColumn = Math.floor(originX / this.#side);
    this.#firstLine = Math.floor(originY / this.#side);
    this.#columns = Math.ceil(width / SQUARE_PX) + 1;
    this.#lines = Math.ceil(height / SQUARE_PX) + 1;
    this.#types = types;
    this.#counts = new Uint16Array(this.#columns * this.#lines * types);
  }

  add({ box, type }: CellColumns, id: number): void {
    const column = Math.floor((box[id * 4] + box[id * 4 + 2] / 2) / this.#side) - this.#firstColumn;
    const line = Math.floor((box[id * 4 + 1] + box[id * 4 + 3] / 2) / this.#side) - this.#firstLine;
    if (column < 0 || line < 0 || column >= this.#columns || line >= this.#lines) return;
    this.#counts[(line * this.#columns + column) * this.#types + type[id]]++;
  }

  drawOn(frame: PixelFrame, camera: Camera, palette: Palette): void {
    const { totals, commonest } = this.#summary();
    const most = Math.max(1, percentile95(totals));
    const pixels = SQUARE_PX * camera.pixelRatio;
    const left = (this.#firstColumn * this.#side - camera.originX) * camera.scale * camera.pixelRatio;
    const top = (this.#firstLine * this.#side - camera.originY) * camera.scale * camera.pixelRatio;
    for (let square = 0; square < totals.length; square++) {
      if (totals[square] === 0) continue;
      const x = Math.round(left + (square % this.#columns) * pixels);
      const y = Math.round(top + Math.floor(square / this.#columns) * pixels);
      const nextX = Math.round(left + ((square % this.#columns) + 1) * pixels);
      const nextY = Math.round(top + (Math.floor(square / this.#columns) + 1) * pixels);
      const strength = Math.min(1, totals[square] / most);
      const alpha = Math.round(FAINTEST + (STRONGEST - FAINTEST) * strength);
      frame.fill(x, y, nextX - x, nextY - y, pixelOf(palette.rgb[commonest[square]], alpha));
    }
  }

  #summary(): { totals: Uint32Array; commonest: Uint8Array } {
    const squares = this.#columns * this.#lines;
    const totals = new Uint32Array(squares);
    const commonest = new Uint8Array(squares);
    for (let square = 0; square < squares; square++) {
      let most = 0;
      for (let type = 0; type < this.#types; type++) {
        const count = this.#counts[square * this.#types + type];
        totals[square] += count;
        if (count <= most) continue;
        most = count;
        commonest[square] = type;
      }
    }
    return { totals, commonest };
  }
}

function percentile95(totals: Uint32Array): number {
  const filled = totals.filter((total) => total > 0).sort();
  return filled[Math.floor(filled.length * 0.95)] ?? 0;
}

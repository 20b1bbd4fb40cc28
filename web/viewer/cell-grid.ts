import type { CellColumns } from '../annotation/cell-columns.ts';
import type { Box } from '../annotation/cell-edit.ts';

const SIDE = 32;

/**
 * Cells sorted by the square of a 32×32 grid that their centre lies in, line by line, so that what a viewport
 * shows is one run of ids for each line of squares. Sorting 100,000 cells takes 2 ms: after a change it is redone.
 */
export class CellGrid {
  /** Ids in grid order. */
  readonly order: Uint32Array;
  readonly #start = new Uint32Array(SIDE * SIDE + 1);
  readonly #squareWidth: number;
  readonly #squareHeight: number;
  /** Half the largest side of a cell: how far one reaches out of its square. */
  readonly #reach: number;

  constructor({ count, box }: CellColumns, image: { width: number; height: number }) {
    this.#squareWidth = image.width / SIDE;
    this.#squareHeight = image.height / SIDE;
    const square = new Uint16Array(count);
    let largest = 0;
    for (let id = 0; id < count; id++) {
      const width = box[id * 4 + 2];
      const height = box[id * 4 + 3];
      largest = Math.max(largest, width, height);
      const column = this.#column(box[id * 4] + width / 2);
      square[id] = this.#line(box[id * 4 + 1] + height / 2) * SIDE + column;
      this.#start[square[id] + 1]++;
    }
    for (let i = 0; i < SIDE * SIDE; i++) this.#start[i + 1] += this.#start[i];
    const next = this.#start.slice();
    this.order = new Uint32Array(count);
    for (let id = 0; id < count; id++) this.order[next[square[id]]++] = id;
    this.#reach = largest / 2;
  }

  /** Pairs of first and last-plus-one positions in `order` of the cells that may be seen in a box. */
  runsIn({ x, y, width, height }: Box): number[] {
    const left = this.#column(x - this.#reach);
    const right = this.#column(x + width + this.#reach);
    const top = this.#line(y - this.#reach);
    const bottom = this.#line(y + height + this.#reach);
    const runs: number[] = [];
    for (let line = top; line <= bottom; line++) {
      const from = this.#start[line * SIDE + left];
      const to = this.#start[line * SIDE + right + 1];
      if (to > from) runs.push(from, to);
    }
    return runs;
  }

  #column(x: number): number {
    return Math.min(SIDE - 1, Math.max(0, Math.floor(x / this.#squareWidth)));
  }

  #line(y: number): number {
    return Math.min(SIDE - 1, Math.max(0, Math.floor(y / this.#squareHeight)));
  }
}

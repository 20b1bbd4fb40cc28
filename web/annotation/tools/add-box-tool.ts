import type { Box } from '../cell-edit.ts';
import { boxAround, boxBetween, clippedBox } from './box-geometry.ts';
import { movedBeyondClick, type Tool, type ToolContext, type ToolPointer, type ToolPreview } from './tool.ts';

/** Side of a clicked cell where the sample has none to go by, as a share of the image's width. */
const CLICKED_SIDE = 1 / 40;

/** A drag draws a cell's box; a click sets one of the usual size. The new cell is selected, ready for its type key. */
export class AddBoxTool implements Tool {
  readonly #context: ToolContext;
  #from: ToolPointer | null = null;
  #to: ToolPointer | null = null;

  constructor(context: ToolContext) {
    this.#context = context;
  }

  press(pointer: ToolPointer): boolean {
    this.#from = pointer;
    this.#to = pointer;
    return true;
  }

  drag(pointer: ToolPointer): void {
    this.#to = pointer;
  }

  release(pointer: ToolPointer): void {
    const from = this.#from;
    this.cancel();
    if (!from) return;
    if (movedBeyondClick(from, pointer)) this.#add(boxBetween(from, pointer));
    else this.click(pointer);
  }

  click(pointer: ToolPointer): void {
    this.#add(boxAround(pointer, this.#usualSide()));
  }

  cancel(): boolean {
    const busy = this.#from !== null;
    this.#from = null;
    this.#to = null;
    return busy;
  }

  preview(): ToolPreview | null {
    if (!this.#from || !this.#to) return null;
    return { box: boxBetween(this.#from, this.#to), kind: 'draft', handles: false };
  }

  cursor(): string {
    return 'crosshair';
  }

  #add(box: Box): void {
    const { store, selection, image, newCellType } = this.#context;
    selection.set([store.add(clippedBox(box, image), newCellType)]);
  }

  /** Median side of the cells there are. */
  #usualSide(): number {
    const { store, image } = this.#context;
    const { box, count } = store.columns;
    const sides = Float32Array.from({ length: count }, (_, id) =>
      Math.sqrt(box[id * 4 + 2] * box[id * 4 + 3]),
    );
    const drawn = sides.filter((side) => side > 0).sort();
    return drawn[drawn.length >> 1] ?? image.width * CLICKED_SIDE;
  }
}

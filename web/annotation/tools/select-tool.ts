import type { Box } from '../cell-edit.ts';
import {
  boxBetween,
  boxHolds,
  clippedBox,
  type Handle,
  handleAt,
  movedBox,
  resizedBox,
} from './box-geometry.ts';
import { movedBeyondClick, type Tool, type ToolContext, type ToolPointer, type ToolPreview } from './tool.ts';

/** Handles are offered when the cell is at least this large on the screen: smaller ones they would cover. */
const SMALLEST_EDITABLE_PX = 28;
const HANDLE_REACH_PX = 7;

type Drag =
  | { kind: 'band'; from: ToolPointer; to: ToolPointer }
  | { kind: 'move'; from: ToolPointer; cell: number; box: Box; draft: Box }
  | { kind: 'resize'; from: ToolPointer; cell: number; box: Box; draft: Box; handle: Handle };

/**
 * Click selects, shift-click adds or takes out, shift-drag selects what the band holds. The one selected cell can
 * be dragged, or resized by its handles. Any other drag is left to the viewer, which pans.
 */
export class SelectTool implements Tool {
  readonly #context: ToolContext;
  #drag: Drag | null = null;

  constructor(context: ToolContext) {
    this.#context = context;
  }

  press(pointer: ToolPointer): boolean {
    this.#drag = this.#startOf(pointer);
    return this.#drag !== null;
  }

  drag(pointer: ToolPointer): void {
    const drag = this.#drag;
    if (!drag) return;
    if (drag.kind === 'band') {
      drag.to = pointer;
      return;
    }
    const by = { x: pointer.x - drag.from.x, y: pointer.y - drag.from.y };
    const { image } = this.#context;
    if (drag.kind === 'move') drag.draft = movedBox(drag.box, by, image);
    else drag.draft = clippedBox(resizedBox(drag.box, drag.handle, by), image);
  }

  release(pointer: ToolPointer): void {
    const drag = this.#drag;
    if (!drag) return;
    this.drag(pointer);
    this.#drag = null;
    if (!movedBeyondClick(drag.from, pointer)) this.click(pointer);
    else if (drag.kind === 'band') this.#selectBand(drag.from, pointer);
    else this.#context.store.setBox(drag.cell, drag.draft);
  }

  click(pointer: ToolPointer): void {
    const { index, selection, isVisible } = this.#context;
    const cell = index.pick(pointer.x, pointer.y, isVisible);
    if (!pointer.shift) selection.set(cell < 0 ? [] : [cell]);
    else if (cell >= 0) selection.toggle(cell);
  }

  cancel(): boolean {
    const busy = this.#drag !== null;
    this.#drag = null;
    return busy;
  }

  preview(imagePxPerScreenPx: number): ToolPreview | null {
    const drag = this.#drag;
    if (drag?.kind === 'band') return { box: boxBetween(drag.from, drag.to), kind: 'band', handles: false };
    if (drag) return { box: drag.draft, kind: 'draft', handles: true };
    const cell = this.#editableCell(imagePxPerScreenPx);
    return cell < 0 ? null : { box: this.#context.store.boxOf(cell), kind: 'edited', handles: true };
  }

  cursor(pointer: ToolPointer): string {
    const start = this.#startOf(pointer);
    if (start?.kind === 'resize') return cursorOf(start.handle);
    if (start?.kind === 'move') return 'move';
    if (start?.kind === 'band') return 'crosshair';
    const { index, isVisible } = this.#context;
    return index.pick(pointer.x, pointer.y, isVisible) < 0 ? 'grab' : 'pointer';
  }

  #startOf(pointer: ToolPointer): Drag | null {
    if (pointer.shift) return { kind: 'band', from: pointer, to: pointer };
    const cell = this.#editableCell(pointer.imagePxPerScreenPx);
    if (cell < 0) return null;
    const box = this.#context.store.boxOf(cell);
    const handle = handleAt(box, pointer, HANDLE_REACH_PX * pointer.imagePxPerScreenPx);
    if (handle) return { kind: 'resize', from: pointer, cell, box, draft: box, handle };
    const { index, isVisible } = this.#context;
    const onIt = boxHolds(box, pointer) && index.pick(pointer.x, pointer.y, isVisible) === cell;
    return onIt ? { kind: 'move', from: pointer, cell, box, draft: box } : null;
  }

  /** The one selected cell, when it may be changed and is large enough on the screen to take hold of. */
  #editableCell(imagePxPerScreenPx: number): number {
    const { selection, isVisible, readOnly, store } = this.#context;
    if (readOnly || selection.ids.size !== 1 || !isVisible(selection.current)) return -1;
    const { width, height } = store.boxOf(selection.current);
    const sidePx = Math.min(width, height) / imagePxPerScreenPx;
    return sidePx >= SMALLEST_EDITABLE_PX ? selection.current : -1;
  }

  #selectBand(from: ToolPointer, to: ToolPointer): void {
    const { index, selection, isVisible } = this.#context;
    selection.set([...selection.ids, ...index.withCentreIn(boxBetween(from, to), isVisible)]);
  }
}

function cursorOf({ dx, dy }: Handle): string {
  if (dx === 0) return 'ns-resize';
  if (dy === 0) return 'ew-resize';
  return dx === dy ? 'nwse-resize' : 'nesw-resize';
}

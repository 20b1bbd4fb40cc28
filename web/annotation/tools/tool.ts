import type { Box } from '../cell-edit.ts';
import type { CellStore } from '../cell-store.ts';
import type { Selection } from '../selection.ts';
import type { SpatialIndex } from '../spatial-index.ts';

/** A pointer in image coordinates. */
export interface ToolPointer {
  x: number;
  y: number;
  shift: boolean;
  /** Image pixels in one screen pixel, for distances that are felt on the screen. */
  imagePxPerScreenPx: number;
}

/** What a tool shows while it works: a shape above the cells, drawn by the viewer. */
export interface ToolPreview {
  box: Box;
  /** `band` selects, `draft` is a cell being drawn or changed, `edited` the selected cell at rest. */
  kind: 'band' | 'draft' | 'edited';
  handles: boolean;
}

/** A small state machine fed with the primary pointer. */
export interface Tool {
  /** The pointer went down. True: the tool follows this drag, so the image is not panned. */
  press(pointer: ToolPointer): boolean;
  drag(pointer: ToolPointer): void;
  release(pointer: ToolPointer): void;
  /** Pressed and released in one place when the tool did not follow the drag. */
  click(pointer: ToolPointer): void;
  /** Drops what is half done; false when there was nothing. */
  cancel(): boolean;
  preview(imagePxPerScreenPx: number): ToolPreview | null;
  /** CSS cursor at rest over a point. */
  cursor(pointer: ToolPointer): string;
}

/** What tools act on. */
export interface ToolContext {
  store: CellStore;
  selection: Selection;
  index: SpatialIndex;
  image: { width: number; height: number };
  isVisible(id: number): boolean;
  /** Cells can be selected, not changed. */
  readOnly: boolean;
  /** Index of the type that a new cell is given. */
  newCellType: number;
}

/** A drag shorter than this, in screen pixels, is a click by an unsteady hand. */
export const CLICK_REACH_PX = 4;

export function movedBeyondClick(from: ToolPointer, to: ToolPointer): boolean {
  return Math.hypot(to.x - from.x, to.y - from.y) > CLICK_REACH_PX * to.imagePxPerScreenPx;
}

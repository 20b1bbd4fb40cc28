import { describe, expect, it } from 'vitest';
import { CellState } from '../cell-edit.ts';
import { Selection } from '../selection.ts';
import { SpatialIndex } from '../spatial-index.ts';
import { latticeStore } from '../testing/small-run.ts';
import { UndoHistory } from '../undo.ts';
import { AddBoxTool } from './add-box-tool.ts';
import { SelectTool } from './select-tool.ts';
import type { Tool, ToolPointer } from './tool.ts';

const LYMPHOCYTE = 1;

/** Cells of 20 px, 40 px apart, shown four times as large as they are. */
function setUp() {
  const store = latticeStore(5, 5);
  const selection = new Selection(store);
  const index = new SpatialIndex(store);
  const context = {
    store,
    selection,
    index,
    image: { width: 200, height: 200 },
    isVisible: (id: number) => store.isPresent(id),
    readOnly: false,
    newCellType: LYMPHOCYTE,
  };
  return { store, selection, undo: new UndoHistory(store), context };
}

const at = (x: number, y: number, shift = false): ToolPointer => ({ x, y, shift, imagePxPerScreenPx: 0.25 });

/** A drag as the pointer input reports it: only a tool that takes the press is told of the rest. */
function drag(tool: Tool, from: ToolPointer, to: ToolPointer): boolean {
  if (!tool.press(from)) return false;
  tool.drag(to);
  tool.release(to);
  return true;
}

describe('select tool', () => {
  it('selects the cell that is clicked, and nothing beside the cells', () => {
    const { selection, context } = setUp();
    const tool = new SelectTool(context);
    tool.click(at(20, 20));
    expect([...selection.ids]).toEqual([0]);
    tool.click(at(60, 20, true));
    expect([...selection.ids]).toEqual([0, 1]);
    tool.click(at(20, 20, true));
    expect([...selection.ids]).toEqual([1]);
    tool.click(at(40, 40));
    expect(selection.ids.size).toBe(0);
  });

  it('leaves a drag on the background to the viewer', () => {
    const { context } = setUp();
    expect(drag(new SelectTool(context), at(40, 40), at(90, 90))).toBe(false);
  });

  it('selects by a band the cells whose centre it holds', () => {
    const { selection, context } = setUp();
    expect(drag(new SelectTool(context), at(5, 5, true), at(75, 62, true))).toBe(true);
    expect([...selection.ids].sort()).toEqual([0, 1, 5, 6]);
  });

  it('takes hold of no cell when it may only read', () => {
    const { selection, context } = setUp();
    selection.set([0]);
    const tool = new SelectTool({ ...context, readOnly: true });
    expect(drag(tool, at(20, 20), at(33, 25))).toBe(false);
    expect(tool.preview(0.25)).toBeNull();
  });

  it('moves the selected cell in one undoable act, on whole pixels, inside the image', () => {
    const { store, selection, undo, context } = setUp();
    const tool = new SelectTool(context);
    selection.set([0]);
    expect(drag(tool, at(20, 20), at(33.4, 25.2))).toBe(true);
    expect(store.boxOf(0)).toEqual({ x: 23, y: 15, width: 20, height: 20 });
    expect(store.columns.state[0]).toBe(CellState.accepted);
    drag(tool, at(30, 25), at(-500, -500));
    expect(store.boxOf(0)).toEqual({ x: 0, y: 0, width: 20, height: 20 });
    undo.undo();
    undo.undo();
    expect(store.boxOf(0)).toEqual({ x: 10, y: 10, width: 20, height: 20 });
    expect(undo.canUndo).toBe(false);
  });

  it('resizes by a corner, also past the opposite one', () => {
    const { store, selection, context } = setUp();
    const tool = new SelectTool(context);
    selection.set([0]);
    drag(tool, at(30, 30), at(36, 40));
    expect(store.boxOf(0)).toEqual({ x: 10, y: 10, width: 26, height: 30 });
    drag(tool, at(36, 40), at(4, 2));
    expect(store.boxOf(0)).toEqual({ x: 4, y: 2, width: 6, height: 8 });
  });

  it('shows the draft while dragging, and drops it on cancel', () => {
    const { store, selection, context } = setUp();
    const tool = new SelectTool(context);
    selection.set([0]);
    expect(tool.preview(0.25)).toMatchObject({ kind: 'edited', handles: true });
    tool.press(at(20, 20));
    tool.drag(at(40, 20));
    expect(tool.preview(0.25)).toMatchObject({ kind: 'draft', box: { x: 30, y: 10 } });
    expect(tool.cancel()).toBe(true);
    tool.release(at(40, 20));
    expect(store.boxOf(0).x).toBe(10);
    expect(tool.cancel()).toBe(false);
  });

  it('takes an unsteady click on the selected cell for a click', () => {
    const { store, selection, undo, context } = setUp();
    selection.set([0]);
    drag(new SelectTool(context), at(20, 20), at(20.5, 20.5));
    expect(undo.canUndo).toBe(false);
    expect(store.boxOf(0).x).toBe(10);
  });

  it('does not take hold of a cell that is small on the screen', () => {
    const { selection, context } = setUp();
    selection.set([0]);
    const far = { x: 20, y: 20, shift: false, imagePxPerScreenPx: 2 };
    expect(new SelectTool(context).press(far)).toBe(false);
    expect(new SelectTool(context).preview(2)).toBeNull();
  });
});

describe('add-box tool', () => {
  it('adds what is drawn, selected and of the type for new cells', () => {
    const { store, selection, context } = setUp();
    drag(new AddBoxTool(context), at(50.4, 40), at(31, 60));
    const [id] = selection.ids;
    expect(store.describe(id)).toMatchObject({
      box: { x: 31, y: 40, width: 19, height: 20 },
      type: LYMPHOCYTE,
      state: CellState.manual,
    });
  });

  it('adds a cell of the usual size where it is clicked', () => {
    const { store, selection, context } = setUp();
    drag(new AddBoxTool(context), at(40, 40), at(40, 40));
    expect(store.boxOf([...selection.ids][0])).toEqual({ x: 30, y: 30, width: 20, height: 20 });
  });

  it('keeps a box inside the image', () => {
    const { store, selection, context } = setUp();
    drag(new AddBoxTool(context), at(190, 190), at(260, 230));
    expect(store.boxOf([...selection.ids][0])).toEqual({ x: 190, y: 190, width: 10, height: 10 });
  });

  it('adds nothing after cancel', () => {
    const { store, context } = setUp();
    const tool = new AddBoxTool(context);
    tool.press(at(10, 10));
    tool.drag(at(90, 90));
    tool.cancel();
    tool.release(at(90, 90));
    expect(store.columns.count).toBe(25);
  });
});

describe('selection', () => {
  it('lets go of removed cells but remembers where it was', () => {
    const { store, selection } = setUp();
    selection.set([3, 4]);
    store.remove([4]);
    expect([...selection.ids]).toEqual([3]);
    expect(selection.current).toBe(3);
    store.remove([3]);
    expect(selection.ids.size).toBe(0);
    expect(selection.current).toBe(3);
  });
});

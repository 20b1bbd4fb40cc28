import { describe, expect, it } from 'vitest';
import { DEFAULT_CELL_TYPES } from '../../core/cell-types.ts';
import { latticeStore } from '../annotation/testing/small-run.ts';
import { boxOnScreen, pointInImage } from './camera.ts';
import { CellGrid } from './cell-grid.ts';
import { type CellLook, paletteOf, pixelOf, visibilityOf } from './cell-look.ts';
import { adjustmentTable, NO_ADJUSTMENT } from './image-adjustment.ts';

const look: CellLook = {
  hiddenTypes: new Set(),
  minConfidence: 0,
  hovered: -1,
  selected: new Set(),
  shown: true,
  reviewedOnly: false,
};

describe('camera', () => {
  const camera = { originX: 99_999.5, originY: 10, scale: 8, width: 800, height: 600, pixelRatio: 1 };

  it('keeps fractions of a pixel far out in a large image', () => {
    expect(boxOnScreen({ x: 100_000, y: 12, width: 3, height: 4 }, camera)).toEqual({
      x: 4,
      y: 16,
      width: 24,
      height: 32,
    });
  });

  it('finds the image point under a screen pixel', () => {
    expect(pointInImage(4, 16, camera)).toEqual({ x: 100_000, y: 12 });
  });
});

describe('cell grid', () => {
  it('gives each cell once, and in a view all that reach into it', () => {
    const { columns } = latticeStore(50, 40);
    const grid = new CellGrid(columns, { width: 2_000, height: 1_600 });
    expect([...grid.order].sort((a, b) => a - b)).toEqual(Array.from({ length: 2_000 }, (_, id) => id));
    const view = { x: 405, y: 395, width: 210, height: 130 };
    const runs = grid.runsIn(view);
    const given = new Set<number>();
    for (let i = 0; i < runs.length; i += 2) {
      for (const id of grid.order.subarray(runs[i], runs[i + 1])) given.add(id);
    }
    for (let id = 0; id < columns.count; id++) {
      const [x, y, width, height] = columns.box.subarray(id * 4, id * 4 + 4);
      const seen =
        x < view.x + view.width && x + width > view.x && y < view.y + view.height && y + height > view.y;
      if (seen) expect(given).toContain(id);
    }
    expect(given.size).toBeLessThan(100);
  });
});

describe('what is shown', () => {
  it('hides types, and detections below a confidence unless a reader looked at them', () => {
    const store = latticeStore(13, 1);
    store.columns.confidence.fill(100, 0, 3);
    store.accept([1]);
    const doubtful = visibilityOf(store.columns, { ...look, minConfidence: 0.5 });
    expect([0, 1, 2, 3].map(doubtful)).toEqual([false, true, false, true]);
    const hidden = visibilityOf(store.columns, { ...look, hiddenTypes: new Set([3]) });
    expect([2, 3, 4].map(hidden)).toEqual([true, false, true]);
    expect(visibilityOf(store.columns, { ...look, shown: false })(0)).toBe(false);
  });

  it('writes colours as the frame holds them, and names one it cannot read', () => {
    const { rgb } = paletteOf([{ ...DEFAULT_CELL_TYPES[0], color: '#0072b2' }]);
    expect(pixelOf(rgb[0], 255)).toBe(0xff_b2_72_00);
    expect(() => paletteOf([{ ...DEFAULT_CELL_TYPES[0], color: 'blue' }])).toThrow(/"blue"/);
  });
});

describe('image adjustment', () => {
  it('leaves every value as it is when nothing is set', () => {
    expect([...adjustmentTable(NO_ADJUSTMENT)]).toEqual(Array.from({ length: 256 }, (_, value) => value));
  });

  it('lightens with gamma above 1 and keeps black and white', () => {
    const table = adjustmentTable({ brightness: 0, contrast: 0, gamma: 2 });
    expect([table[0], table[64], table[255]]).toEqual([0, 128, 255]);
  });

  it('doubles the slope around mid grey at contrast 0.5, and adds brightness', () => {
    const table = adjustmentTable({ brightness: 0.1, contrast: 0.5, gamma: 1 });
    expect(table[128] - table[118]).toBe(20);
    expect(table[127]).toBe(152);
  });
});

import { describe, expect, it } from 'vitest';
import { DEFAULT_CELL_TYPES } from '../cell-types.ts';
import { countField, countLavage, type DetectedCells, type MarkedCell, type ReadField } from './count.ts';
import { BOTTOM, type Box, clipToImage, LEFT, RIGHT, TOP, touchedEdges } from './edges.ts';

const RULES = { cellTypes: DEFAULT_CELL_TYPES, twoEdgeRule: true };
const RUN = 'run';
const inside = (x = 100, y = 100): Box => ({ x, y, width: 20, height: 20 });

function detected(cells: { cellType: string; box?: Box }[], runId = RUN): DetectedCells {
  const types = [...new Set(cells.map(({ cellType }) => cellType))];
  return {
    runId,
    count: cells.length,
    types,
    type: Uint8Array.from(cells, ({ cellType }) => types.indexOf(cellType)),
    box: Float32Array.from(cells.flatMap(({ box = inside() }) => [box.x, box.y, box.width, box.height])),
  };
}

const field = (part: Partial<ReadField>): ReadField => ({
  sampleId: 'field',
  state: 'unread',
  countsInDifferential: true,
  widthPx: 1000,
  heightPx: 800,
  micronsPerPixel: null,
  marked: [],
  detected: null,
  ...part,
});

const manual = (cellType: string, box = inside()): MarkedCell => ({
  cellType,
  box,
  source: 'manual',
  runId: null,
  detectionIndex: null,
});
const accepted = (detectionIndex: number, cellType: string, runId = RUN, box = inside()): MarkedCell => ({
  cellType,
  box,
  source: 'detection',
  runId,
  detectionIndex,
});

const counts = (part: Partial<ReadField>, rules = RULES) =>
  Object.fromEntries(countField(field(part), rules));

const threeFound = detected([
  { cellType: 'WBC-Macrophage' },
  { cellType: 'WBC-Macrophage' },
  { cellType: 'WBC-Lymphocyte' },
]);

describe('which cells count', () => {
  it('counts no unmarked detection in a field that is not complete', () => {
    expect(counts({ detected: threeFound })).toEqual({});
  });

  it('counts what the reader drew, accepted or changed, in any field that is not excluded', () => {
    const marked = [manual('WBC-Mast'), accepted(2, 'WBC-Neutrophil')];
    expect(counts({ detected: threeFound, marked })).toEqual({ 'WBC-Mast': 1, 'WBC-Neutrophil': 1 });
    expect(counts({ detected: threeFound, marked, state: 'excluded' })).toEqual({});
  });

  it('adds the unmarked detections once the field is complete, each cell once', () => {
    const marked = [manual('WBC-Mast'), accepted(2, 'WBC-Neutrophil')];
    expect(counts({ detected: threeFound, marked, state: 'complete' })).toEqual({
      'WBC-Mast': 1,
      'WBC-Neutrophil': 1,
      'WBC-Macrophage': 2,
    });
  });

  it('never counts a rejection', () => {
    const marked: MarkedCell[] = [{ ...accepted(0, 'WBC-Macrophage'), source: 'rejection' }];
    expect(counts({ detected: threeFound, marked, state: 'complete' })).toEqual({
      'WBC-Macrophage': 1,
      'WBC-Lymphocyte': 1,
    });
  });

  it('never counts slides left out of the differential', () => {
    const ironStain = { marked: [manual('WBC-Mast')], countsInDifferential: false };
    expect(counts(ironStain)).toEqual({});
    expect(countLavage([field(ironStain)], RULES).fields).toEqual([]);
  });

  it('counts a cell once that was marked on an earlier run and found again by a later one', () => {
    const later = detected([
      { cellType: 'WBC-Macrophage', box: inside(103, 98) },
      { cellType: 'WBC-Lymphocyte', box: inside(300, 300) },
    ]);
    const marked = [accepted(7, 'WBC-Mast', 'earlier run', inside(100, 100))];
    expect(counts({ detected: later, marked, state: 'complete' })).toEqual({
      'WBC-Mast': 1,
      'WBC-Lymphocyte': 1,
    });
  });

  it('calls a type that the laboratory does not list unclassified', () => {
    const found = detected([{ cellType: 'WBC-Unheard-Of' }]);
    expect(counts({ detected: found, state: 'complete' })).toEqual({ Unclassified: 1 });
  });
});

describe('two-edge rule', () => {
  const edges = {
    left: inside(0, 100),
    top: inside(100, 0),
    right: inside(980, 100),
    bottom: inside(100, 780),
    bottomLeft: inside(0, 780),
  };

  it.each([
    ['left', LEFT],
    ['top', TOP],
    ['right', RIGHT],
    ['bottom', BOTTOM],
    ['bottomLeft', BOTTOM | LEFT],
  ] as const)('sees the %s edge touched', (name, bits) => {
    expect(touchedEdges(edges[name], 1000, 800)).toBe(bits);
  });

  it('counts left and top, leaves out right and bottom, for drawn and for found cells', () => {
    const boxes = Object.values(edges);
    const found = detected(boxes.map((box) => ({ cellType: 'WBC-Macrophage', box })));
    const drawn = boxes.map((box) => manual('WBC-Lymphocyte', box));
    expect(counts({ detected: found, marked: drawn, state: 'complete' })).toEqual({
      'WBC-Macrophage': 2,
      'WBC-Lymphocyte': 2,
    });
    expect(counts({ marked: drawn }, { ...RULES, twoEdgeRule: false })).toEqual({ 'WBC-Lymphocyte': 5 });
  });

  it('clips boxes to the image, to nothing when they lie outside', () => {
    expect(clipToImage({ x: -5, y: 790, width: 20, height: 20 }, 1000, 800)).toEqual({
      x: 0,
      y: 790,
      width: 15,
      height: 10,
    });
    expect(clipToImage({ x: 1000, y: 0, width: 5, height: 5 }, 1000, 800)).toBeNull();
  });
});

describe('countLavage', () => {
  it('sums the fields into both denominators', () => {
    const cells = [
      'WBC-Macrophage',
      'WBC-Lymphocyte',
      'Epithelial-Ciliated',
      'Atypical',
      'RBC',
      'Debris',
      'Unclassified',
    ];
    const count = countLavage([field({ marked: cells.map((code) => manual(code)) }), field({})], RULES);
    expect(count.immune).toBe(2);
    expect(count.nucleated).toBe(4);
    expect(count.byType.get('RBC')).toBe(1);
    expect(count.fields).toHaveLength(2);
  });

  it('measures area only with a scale', () => {
    const [known, unknown] = countLavage([field({ micronsPerPixel: 0.5 }), field({})], RULES).fields;
    expect(known.areaMm2).toBeCloseTo(0.2, 12);
    expect(unknown.areaMm2).toBeNull();
  });
});

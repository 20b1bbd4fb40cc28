import { type CellType, UNCLASSIFIED } from '../cell-types.ts';
import type { PackedCells } from '../detection/packed-cells.ts';
import { type Box, touchedEdges, touchesFarEdge } from './edges.ts';

export type FieldState = 'unread' | 'complete' | 'excluded';

/** A cell that the reader looked at. */
export interface MarkedCell {
  cellType: string;
  box: Box;
  /** Drawn by the reader; a machine's cell accepted or changed; a machine's cell taken away. */
  source: 'manual' | 'detection' | 'rejection';
  /** The machine's cell it speaks of: null for a manual one. */
  runId: string | null;
  detectionIndex: number | null;
}

/** What of a detection run counts need. */
export type DetectedCells = Pick<PackedCells, 'count' | 'types' | 'type' | 'box'> & { runId: string };

/** One field (image) of a lavage as one reader sees it. */
export interface ReadField {
  sampleId: string;
  state: FieldState;
  /** False for fields of slides that the differential leaves out, such as an iron stain. */
  countsInDifferential: boolean;
  widthPx: number;
  heightPx: number;
  /** µm per pixel; null when unknown. */
  micronsPerPixel: number | null;
  marked: readonly MarkedCell[];
  /** The run whose unmarked cells count, once the field is complete. */
  detected: DetectedCells | null;
}

/** What counts in one field. */
export interface FieldCount {
  sampleId: string;
  state: FieldState;
  /** null without a scale */
  areaMm2: number | null;
  /** Cells by type code. */
  byType: ReadonlyMap<string, number>;
}

/** What counts in a lavage. */
export interface LavageCount {
  /** Fields of the slides that count in the differential, excluded ones included. */
  fields: readonly FieldCount[];
  /** Cells by type code, over all fields. */
  byType: ReadonlyMap<string, number>;
  /** Cells in the denominator "immune cells". */
  immune: number;
  /** Cells in the denominator "all nucleated cells". */
  nucleated: number;
}

/** The part of a laboratory's settings that says which cells count as what. */
export interface CountingRules {
  cellTypes: readonly CellType[];
  twoEdgeRule: boolean;
}

/**
 * Counts the cells of a lavage that count.
 *
 * In every field the cells that the reader drew, accepted or changed; in fields marked complete also the detections
 * that the reader left as they were. Never: what the reader rejected, excluded fields, slides left out of the
 * differential, and, under the two-edge rule (Gundersen, J Microsc 1977;111:219), cells on the right or bottom edge.
 */
export function countLavage(fields: readonly ReadField[], rules: CountingRules): LavageCount {
  const counted = fields
    .filter((field) => field.countsInDifferential)
    .map((field) => ({
      sampleId: field.sampleId,
      state: field.state,
      areaMm2: areaMm2(field),
      byType: countField(field, rules),
    }));
  const byType = new Map<string, number>();
  for (const field of counted) {
    for (const [code, count] of field.byType) byType.set(code, (byType.get(code) ?? 0) + count);
  }
  return {
    fields: counted,
    byType,
    immune: sumOf(byType, rules.cellTypes, 'immune'),
    nucleated: sumOf(byType, rules.cellTypes, 'nucleated'),
  };
}

/** Counts the cells of one field that count, by type; a type that the laboratory does not list is unclassified. */
export function countField(field: ReadField, rules: CountingRules): Map<string, number> {
  const byType = new Map<string, number>();
  for (const { cellType } of countedCells(field, rules))
    byType.set(cellType, (byType.get(cellType) ?? 0) + 1);
  return byType;
}

/** The cells of one field that count; one of a type that the laboratory does not list is unclassified. */
export function* countedCells(
  field: ReadField,
  rules: CountingRules,
): Generator<{ cellType: string; box: Box }> {
  if (field.state === 'excluded' || !field.countsInDifferential) return;
  const listed = new Set(rules.cellTypes.map(({ code }) => code));
  const onFarEdge = (box: Box) =>
    rules.twoEdgeRule && touchesFarEdge(touchedEdges(box, field.widthPx, field.heightPx));
  const known = (code: string) => (listed.has(code) ? code : UNCLASSIFIED);
  for (const { source, box, cellType } of field.marked) {
    if (source !== 'rejection' && !onFarEdge(box)) yield { cellType: known(cellType), box };
  }
  if (field.state === 'complete' && field.detected) {
    const { types, type } = field.detected;
    for (const { index, box } of unmarked(field.detected, field.marked)) {
      if (!onFarEdge(box)) yield { cellType: known(types[type[index]]), box };
    }
  }
}

/** Sums counts over the types of one denominator. */
export function sumOf(
  byType: ReadonlyMap<string, number>,
  cellTypes: readonly CellType[],
  denominator: 'immune' | 'nucleated',
): number {
  return cellTypes.reduce((sum, type) => sum + (type[denominator] ? (byType.get(type.code) ?? 0) : 0), 0);
}

/**
 * The detections of a run that the reader said nothing of. When the reader's marks speak of another run (the image was
 * processed again since), a detection whose centre lies in the box of such a mark is the cell that was marked.
 */
function* unmarked(
  detected: DetectedCells,
  marked: readonly MarkedCell[],
): Generator<{ index: number; box: Box }> {
  const spokenOf = new Set<number | null>();
  const ofOtherRuns: Box[] = [];
  for (const cell of marked) {
    if (cell.runId === detected.runId) spokenOf.add(cell.detectionIndex);
    else if (cell.runId !== null) ofOtherRuns.push(cell.box);
  }
  for (let index = 0; index < detected.count; index++) {
    if (spokenOf.has(index)) continue;
    const [x, y, width, height] = detected.box.subarray(index * 4, index * 4 + 4);
    const box = { x, y, width, height };
    if (!ofOtherRuns.some((mark) => holdsCentre(mark, box))) yield { index, box };
  }
}

function holdsCentre(mark: Box, box: Box): boolean {
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  return x >= mark.x && y >= mark.y && x <= mark.x + mark.width && y <= mark.y + mark.height;
}

function areaMm2({ widthPx, heightPx, micronsPerPixel }: ReadField): number | null {
  if (micronsPerPixel === null) return null;
  const mmPerPixel = micronsPerPixel / 1000;
  return widthPx * heightPx * mmPerPixel * mmPerPixel;
}

import type { DetectedCell } from '../../core/detection/detected-cell.ts';
import type { DetectionReply } from './image-tasks.ts';

/** Cells as callers of the API get them, and how many there are of each type. */
export function describeCells(cells: readonly DetectedCell[]): Pick<DetectionReply, 'cells' | 'counts'> {
  return { cells: cells.map(describeCell), counts: countTypes(cells) };
}

function describeCell({ x, y, width, height, cellType, confidence, uncertain, nucleus }: DetectedCell) {
  const { outline } = nucleus;
  return {
    x: rounded(x),
    y: rounded(y),
    width: rounded(width),
    height: rounded(height),
    cellType,
    confidence: Math.round(confidence * 1000) / 1000,
    uncertain: uncertain === true,
    nucleus: {
      x: rounded(nucleus.x),
      y: rounded(nucleus.y),
      areaPx: rounded(nucleus.areaPx),
      outline: Array.from({ length: outline.length / 2 }, (_, i): [number, number] => [
        rounded(outline[2 * i]),
        rounded(outline[2 * i + 1]),
      ]),
    },
  };
}

function countTypes(cells: readonly DetectedCell[]): { cellType: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { cellType } of cells) counts.set(cellType, (counts.get(cellType) ?? 0) + 1);
  return [...counts].map(([cellType, count]) => ({ cellType, count }));
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

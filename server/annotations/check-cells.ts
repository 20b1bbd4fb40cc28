import type { z } from 'zod';
import type { annotationRoutes } from '../../contract/annotations.ts';
import type { Camel } from '../../contract/casing.ts';
import { type Box, clipToImage, touchedEdges } from '../../core/differential/edges.ts';
import type { LaboratorySettings } from '../../core/laboratory-settings.ts';
import { type AppError, validationFailed } from '../errors.ts';

export type AnnotateBody = Camel<z.output<typeof annotationRoutes.annotate.body>>;
export type CellToSave = AnnotateBody['annotations'][number];

interface ImageSize {
  width: number;
  height: number;
}

/** @throws AppError when the box does not touch the image */
export function boxInImage(box: Box, image: ImageSize, path: string): Box & { edges: number } {
  const clipped = clipToImage(box, image.width, image.height);
  if (!clipped) {
    throw invalid(path, `the box lies outside the image of ${image.width} × ${image.height} pixels`);
  }
  return { ...clipped, edges: touchedEdges(clipped, image.width, image.height) };
}

/** @throws AppError when the laboratory does not count this type */
export function checkCellType(cellType: string, { cellTypes }: LaboratorySettings, path: string): void {
  if (cellTypes.some(({ code }) => code === cellType)) return;
  const known = cellTypes.map(({ code }) => code).join(', ');
  throw invalid(path, `the laboratory has no cell type ${cellType}; it has ${known}`);
}

/** @throws AppError when one request speaks twice of the same annotation or detection */
export function checkOnce(cells: readonly CellToSave[], removed: readonly string[]): void {
  const ids = new Set(removed);
  const indices = new Set<number>();
  for (const [at, { id, detectionIndex }] of cells.entries()) {
    if (id !== undefined) {
      if (ids.has(id)) throw invalid(`annotations.${at}.id`, 'this annotation is in the request twice');
      ids.add(id);
    } else if (typeof detectionIndex === 'number') {
      if (indices.has(detectionIndex)) {
        throw invalid(`annotations.${at}.detection_index`, 'this detection is in the request twice');
      }
      indices.add(detectionIndex);
    }
  }
}

export function invalid(path: string, message: string): AppError {
  return validationFailed([{ path, message }]);
}

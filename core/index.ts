// What others may use of core, for people who embed it; inside this repository import the files themselves.
export { type CellType, DEFAULT_CELL_TYPES } from './cell-types.ts';
export {
  DETECTION_ENGINE,
  type DetectedCell,
  type DetectionResult,
  detectCells,
  detectInScore,
  prepareScore,
  type ScoreImage,
} from './detection/detect-cells.ts';
export type { RgbImage } from './detection/image.ts';
export { packCells } from './detection/pack-detected-cells.ts';
export { decodePackedCells, encodePackedCells, type PackedCells } from './detection/packed-cells.ts';
export {
  DETECTION_PARAMETERS,
  type DetectionParameters,
  describeParameters,
  type ParameterDefinition,
  parseDetectionParameters,
} from './detection/parameters.ts';

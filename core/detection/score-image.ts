import type { DetectionPreset } from './parameters.ts';
import type { ScaleSource } from './scale.ts';
import type { ScoredImage } from './scored-image.ts';

/** Everything that stays the same while thresholds are moved. */
export interface ScoreImage extends ScoredImage {
  /** px of the image as given */
  imageWidth: number;
  imageHeight: number;
  preset: DetectionPreset;
  /** The `downscale` parameter it was made with. */
  requestedDownscale: number | 'auto';
  scaleSource: ScaleSource;
  /** Memory held, bytes. */
  byteLength: number;
}

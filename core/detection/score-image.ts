import type { DetectionParameters } from './parameters.ts';
import type { ScaleSource } from './scale.ts';
import type { StainedImage } from './stained-image.ts';

/** Everything that stays the same while thresholds are moved. */
export interface ScoreImage extends StainedImage {
  /** px of the image as given */
  imageWidth: number;
  imageHeight: number;
  /** The parameters it was made with. */
  requested: Pick<DetectionParameters, 'preset' | 'feature' | 'downscale'>;
  /** Smoothed score that nuclei are found in, steps of STEPS_PER_SCORE_UNIT: length width × height. */
  smooth: Uint8Array;
  /** Gradient of `smooth` that counts as a full edge. */
  strong: number;
  scaleSource: ScaleSource;
  /** Memory held, bytes. */
  byteLength: number;
}

import type { StainBalance } from './nuclear-score.ts';
import type { ScaleSource } from './scale.ts';
import type { StainedImage } from './stained-image.ts';

/** Everything that stays the same while thresholds are moved. */
export interface ScoreImage extends StainedImage {
  /** px of the image as given, or of the one it is a part of */
  imageWidth: number;
  imageHeight: number;
  /** `scoreKey` of the parameters it was made with. */
  key: string;
  /** Smoothed score that nuclei are found in, steps of STEPS_PER_SCORE_UNIT: length width × height. */
  smooth: Uint8Array;
  /** Gradient of the whole image's `smooth` that counts as a full edge. */
  strong: number;
  /** Undefined when nothing is stained, or learned colours were not asked for. */
  stainBalance: StainBalance | undefined;
  scaleSource: ScaleSource;
  /** Memory held, bytes. */
  byteLength: number;
}

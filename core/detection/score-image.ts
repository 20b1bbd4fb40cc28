import type { ImageStatistics } from './image-statistics.ts';
import type { DetectionParameters } from './parameters.ts';
import type { ScoredImage } from './scored-image.ts';

/** Everything that stays the same while thresholds are moved. */
export interface ScoreImage extends ScoredImage {
  /** px of the image as given, or of the one it is a part of */
  imageWidth: number;
  imageHeight: number;
  /** The parameters it was made with. */
  requested: Pick<DetectionParameters, 'preset' | 'feature' | 'downscale'>;
  /** Score the nuclei of lavage fields are found in: `smooth`, or that of the trained stain. */
  nuclear: Uint8Array;
  /** Edge strength of `nuclear`, 255 being the whole image's strong edges: length width × height. */
  edges: Uint8Array;
  statistics: ImageStatistics;
  /** Memory held, bytes. */
  byteLength: number;
}

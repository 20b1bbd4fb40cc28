import {
  type DetectionResult,
  detectCells,
  detectInScore,
  prepareScore,
  type ScoreImage,
} from '../../core/detection/detect-cells.ts';
import type { RgbImage } from '../../core/detection/image.ts';
import type { Kernels } from '../../core/detection/kernels/kernels.ts';
import type { DetectionEngine, DetectionParameters } from '../../core/detection/parameters.ts';
import { detectWithOpencv } from './detect-with-opencv.ts';
import { loadOpencv } from './load-opencv.ts';

/**
 * `detectCells` with the engine of one's choice. For processes that open images only.
 * @param parameters from `parseDetectionParameters` for that engine
 * @param kernels from `createKernels`, made once a process
 */
export async function detectWithEngine(
  engine: DetectionEngine,
  image: RgbImage,
  parameters: DetectionParameters,
  micronsPerPixel: number | undefined,
  kernels: Kernels,
): Promise<DetectionResult> {
  if (engine === 'tree') return detectCells(image, parameters, micronsPerPixel, kernels);
  const score = prepareScore(image, parameters, micronsPerPixel, kernels);
  return detectInScoreWithEngine(engine, score, parameters, kernels);
}

/** `detectInScore` with the engine of one's choice; both start from the same score. */
export async function detectInScoreWithEngine(
  engine: DetectionEngine,
  score: ScoreImage,
  parameters: DetectionParameters,
  kernels: Kernels,
): Promise<DetectionResult> {
  if (engine === 'tree') return detectInScore(score, parameters, kernels);
  return detectWithOpencv(await loadOpencv(), score, parameters);
}

import opencvPackage from '@techstark/opencv-js/package.json' with { type: 'json' };
import { cellsAround } from '../../core/detection/bal-cells.ts';
import type { DetectionResult, ScoreImage } from '../../core/detection/detect-cells.ts';
import type { DetectionParameters } from '../../core/detection/parameters.ts';
import type { OpenCv } from './load-opencv.ts';
import { findNuclei } from './opencv-nuclei.ts';

/**
 * Finds the cells of a lavage field in a prepared score: nuclei by OpenCV, their cells and names as engine `tree`.
 * @param parameters of engine `opencv`; with the `scoreKey` that the score was prepared for
 * @throws Error with OpenCV's words, also when its memory is at an end
 */
export function detectWithOpencv(
  cv: OpenCv,
  score: ScoreImage,
  parameters: DetectionParameters,
): DetectionResult {
  return {
    width: score.imageWidth,
    height: score.imageHeight,
    // OpenCV's contour runs half a pixel inside the nucleus: outlines are drawn as for the tree's nuclei.
    cells: cellsAround(findNuclei(cv, score, parameters), score, parameters),
    parameters,
    downscale: score.downscale,
    scaleSource: score.scaleSource,
    engine: 'opencv',
    version: opencvPackage.version,
  };
}

import opencvPackage from '@techstark/opencv-js/package.json' with { type: 'json' };
import { cellBox, describeNucleus, innerPoint } from '../../core/detection/bal-cells.ts';
import { CLASSIFIER_WEIGHTS } from '../../core/detection/bal-classifier.ts';
import { growCells } from '../../core/detection/cell-outline.ts';
import { classifyCells } from '../../core/detection/classify.ts';
import type { DetectionResult, ScoreImage } from '../../core/detection/detect-cells.ts';
import { measureCells } from '../../core/detection/features.ts';
import type { Kernels } from '../../core/detection/kernels/kernels.ts';
import { measuringImage, shrunkRegions } from '../../core/detection/measuring-scale.ts';
import { levelOutline } from '../../core/detection/outline.ts';
import type { DetectionParameters } from '../../core/detection/parameters.ts';
import type { OpenCv } from './load-opencv.ts';
import { findNuclei } from './opencv-nuclei.ts';

/**
 * Finds the cells of a lavage field in a prepared score: nuclei by OpenCV, their cells and names as engine `tree`.
 * @param parameters of engine `opencv`; `preset`, `feature` and `downscale` those the score was prepared with
 * @throws Error with OpenCV's words, also when its memory is at an end
 */
export function detectWithOpencv(
  cv: OpenCv,
  score: ScoreImage,
  parameters: DetectionParameters,
  kernels: Kernels,
): DetectionResult {
  const { width, height, nuclear } = score;
  const nuclei = findNuclei(cv, score, parameters);
  const image = measuringImage(score, parameters.nucleusDiameter, kernels);
  const nucleusDiameter = parameters.nucleusDiameter / image.shrink;
  const seeds = shrunkRegions(nuclei, image);
  const map = growCells(seeds, image.density, image.width, image.height, nucleusDiameter);
  const bounds = map.bounds.map((edge, i) => Math.min(edge * image.shrink, i % 2 === 0 ? width : height));
  const features = measureCells(image, seeds, map, nucleusDiameter);
  const classes = classifyCells(features, CLASSIFIER_WEIGHTS, parameters.lymphocyteThreshold);
  return {
    width: score.imageWidth,
    height: score.imageHeight,
    cells: nuclei.map((nucleus, index) => ({
      ...cellBox(score, { bounds }, index),
      ...classes[index],
      nucleus: describeNucleus(
        score,
        // OpenCV's contour runs half a pixel inside the nucleus.
        levelOutline(nucleus.runs, nuclear, width, height, nucleus.threshold),
        innerPoint(nucleus),
      ),
    })),
    parameters,
    downscale: score.downscale,
    scaleSource: score.scaleSource,
    engine: 'opencv',
    version: opencvPackage.version,
  };
}

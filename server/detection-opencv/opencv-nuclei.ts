import type { Region } from '../../core/detection/component-tree.ts';
import type { DetectionParameters } from '../../core/detection/parameters.ts';
import { workedNucleus } from '../../core/detection/scale.ts';
import type { ScoreImage } from '../../core/detection/score-image.ts';
import type { Mat, OpenCv } from './load-opencv.ts';
import { grayMat, withMats } from './mats.ts';
import { splitTouching } from './split-touching.ts';

/**
 * Finds nuclei the way it is usually done with OpenCV: one threshold, opening and closing, watershed on the
 * distance to the edge, and the size and roundness of what comes out.
 * @returns regions at the scale of the score; `score` is the roundness, 0–1
 */
export function findNuclei(cv: OpenCv, scored: ScoreImage, parameters: DetectionParameters): Region[] {
  const { minArea, maxArea, circularity } = parameters;
  const { diameter } = workedNucleus(parameters);
  const threshold = parameters.threshold === 'auto' ? nuclearThreshold(cv, scored) : parameters.threshold;
  const typicalArea = (Math.PI / 4) * diameter ** 2;
  return labelNuclei(cv, scored, threshold, diameter)
    .map((runs) => ({ ...measureNucleus(cv, runs), threshold, runs }))
    .filter(({ area }) => area >= minArea * typicalArea && area <= maxArea * typicalArea)
    .filter(({ score }) => score >= circularity);
}

/** Otsu's threshold among the stained pixels, which parts nuclei from cytoplasm; 255, which finds nothing, of none. */
function nuclearThreshold(cv: OpenCv, { smooth, density, cytoplasm }: ScoreImage): number {
  const stained = smooth.filter((_, at) => density[at] > cytoplasm);
  if (stained.length === 0) return 255;
  return withMats(cv, (own) =>
    cv.threshold(
      own(grayMat(cv, stained, stained.length, 1)),
      own(new cv.Mat()),
      0,
      255,
      cv.THRESH_BINARY + cv.THRESH_OTSU,
    ),
  );
}

/** Runs of each nucleus, as regions have them. */
function labelNuclei(
  cv: OpenCv,
  { smooth, width, height }: ScoreImage,
  threshold: number,
  nucleusDiameter: number,
): Int32Array[] {
  return withMats(cv, (own) => {
    const mask = own(grayMat(cv, smooth, width, height));
    cv.threshold(mask, mask, threshold, 255, cv.THRESH_BINARY);
    const element = own(cv.getStructuringElement(cv.MORPH_ELLIPSE, new cv.Size(3, 3)));
    cv.morphologyEx(mask, mask, cv.MORPH_OPEN, element);
    cv.morphologyEx(mask, mask, cv.MORPH_CLOSE, element);
    const labels = own(new cv.Mat());
    splitTouching(cv, mask, nucleusDiameter, labels);
    return runsOfLabels(labels.data32S, width);
  });
}

/** Row, first column, column after the last of each run, per label from 1 on. */
function runsOfLabels(labels: Int32Array, width: number): Int32Array[] {
  const runs = new Map<number, number[]>();
  for (let line = 0; line < labels.length; line += width) {
    for (let x = 0; x < width; ) {
      const label = labels[line + x];
      const first = x;
      while (x < width && labels[line + x] === label) x++;
      if (label === 0) continue;
      const known = runs.get(label);
      if (known) known.push(line / width, first, x);
      else runs.set(label, [line / width, first, x]);
    }
  }
  return [...runs.values()].map((values) => Int32Array.from(values));
}

/** Area and centroid of the pixels; roundness 4πA/P² of the contour through the centres of the border pixels. */
function measureNucleus(cv: OpenCv, runs: Int32Array): Pick<Region, 'area' | 'x' | 'y' | 'score'> {
  return withMats(cv, (own) => {
    const { mask, left, top } = drawRuns(cv, runs);
    own(mask);
    const { m00: area, m10, m01 } = cv.moments(mask, true);
    const contours = own(new cv.MatVector());
    cv.findContours(mask, contours, own(new cv.Mat()), cv.RETR_EXTERNAL, cv.CHAIN_APPROX_NONE);
    const contour = own(contours.get(0));
    const perimeter = cv.arcLength(contour, true);
    const score = perimeter > 0 ? Math.min(1, (4 * Math.PI * cv.contourArea(contour)) / perimeter ** 2) : 0;
    return { area, x: left + m10 / area, y: top + m01 / area, score };
  });
}

function drawRuns(cv: OpenCv, runs: Int32Array): { mask: Mat; left: number; top: number } {
  let left = runs[1];
  let right = runs[2];
  for (let i = 0; i < runs.length; i += 3) {
    left = Math.min(left, runs[i + 1]);
    right = Math.max(right, runs[i + 2]);
  }
  const top = runs[0];
  const width = right - left;
  const pixels = new Uint8Array(width * (runs[runs.length - 3] - top + 1));
  for (let i = 0; i < runs.length; i += 3) {
    const line = (runs[i] - top) * width - left;
    pixels.fill(255, line + runs[i + 1], line + runs[i + 2]);
  }
  return { mask: grayMat(cv, pixels, width, pixels.length / width), left, top };
}

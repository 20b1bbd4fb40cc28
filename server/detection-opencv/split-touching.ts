import type { Mat, OpenCv } from './load-opencv.ts';
import { withMats } from './mats.ts';

/** Distances are smoothed by this share of a nucleus, so that a ragged edge makes no second peak. */
const SMOOTHING = 0.05;

/** Peaks closer than about half of this share of a nucleus are one. Own choices, tuned on BAL fields. */
const PEAK_WINDOW = 1;

/** What is thinner than twice this share of a nucleus has no peak and is dropped. */
const LEAST_DEPTH = 0.15;

/**
 * Parts touching objects by watershed from the peaks of the distance to the edge (OpenCV's tutorial method).
 * @param mask 8 bits, 0 outside
 * @param nucleusDiameter px
 * @param objects takes 32-bit labels: 0 outside, objects from 1 on
 */
export function splitTouching(cv: OpenCv, mask: Mat, nucleusDiameter: number, objects: Mat): void {
  withMats(cv, (own) => {
    const peaks = own(new cv.Mat());
    findPeaks(cv, mask, nucleusDiameter, peaks);
    const labels = own(new cv.Mat());
    cv.connectedComponents(peaks, labels, 8, cv.CV_32S);
    markBackground(labels.data32S, mask.data);
    // Watershed overwrites the outermost pixels, so they are not the image's own.
    cv.copyMakeBorder(labels, labels, 1, 1, 1, 1, cv.BORDER_REPLICATE);
    const flat = own(new cv.Mat());
    cv.cvtColor(mask, flat, cv.COLOR_GRAY2RGB);
    cv.copyMakeBorder(flat, flat, 1, 1, 1, 1, cv.BORDER_REPLICATE);
    // It floods along the least differences: inside the flat mask to where two peaks are equally far, and
    // only then over its edge.
    cv.watershed(flat, labels);
    own(labels.roi(new cv.Rect(1, 1, mask.cols, mask.rows))).copyTo(objects);
    fillLines(objects.data32S, mask.data, mask.cols, mask.rows);
  });
}

/** Marks in `peaks` where an object is deeper than anywhere around. */
function findPeaks(cv: OpenCv, mask: Mat, nucleusDiameter: number, peaks: Mat): void {
  withMats(cv, (own) => {
    const distance = own(new cv.Mat());
    cv.distanceTransform(mask, distance, cv.DIST_L2, 5);
    cv.GaussianBlur(distance, distance, new cv.Size(0, 0), SMOOTHING * nucleusDiameter);
    const side = 2 * Math.round((PEAK_WINDOW * nucleusDiameter) / 2) + 1;
    const around = own(cv.getStructuringElement(cv.MORPH_ELLIPSE, new cv.Size(side, side)));
    const highest = own(new cv.Mat());
    cv.dilate(distance, highest, around);
    cv.compare(distance, highest, peaks, cv.CMP_GE);
    cv.threshold(distance, distance, LEAST_DEPTH * nucleusDiameter, 255, cv.THRESH_BINARY);
    const deep = own(new cv.Mat());
    distance.convertTo(deep, cv.CV_8U);
    cv.bitwise_and(peaks, deep, peaks);
  });
}

const UNKNOWN = 0;
const BACKGROUND = 1;

/** Watershed's markers: peaks from 2 on, and everything else inside the mask still to be decided. */
function markBackground(labels: Int32Array, mask: Uint8Array): void {
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] > 0) labels[i]++;
    else labels[i] = mask[i] > 0 ? UNKNOWN : BACKGROUND;
  }
}

/** Gives the lines that watershed draws (−1) to an object beside them, and numbers objects from 1. */
function fillLines(labels: Int32Array, mask: Uint8Array, width: number, height: number): void {
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === -1 && mask[i] > 0) labels[i] = neighbouringObject(labels, i, width, height);
  }
  for (let i = 0; i < labels.length; i++) labels[i] = Math.max(0, labels[i] - BACKGROUND);
}

/** The first of the eight neighbours that is an object; background when none is. */
function neighbouringObject(labels: Int32Array, at: number, width: number, height: number): number {
  const x = at % width;
  const y = (at - x) / width;
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
      const label = labels[row * width + column];
      if (label > BACKGROUND) return label;
    }
  }
  return BACKGROUND;
}

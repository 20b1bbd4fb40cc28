import type { Components } from './connected-components.ts';

/** Size, place and second moments of a region; a pixel counts as a unit square. */
export interface Moments {
  /** px² */
  area: number;
  /** Centroid in pixel indices (the centre of pixel i is i). */
  x: number;
  y: number;
  /** Centroid less the first pixel: the same to the last bit wherever the region lies. */
  fromFirstX: number;
  fromFirstY: number;
  /** Variances and covariance, px². */
  xx: number;
  yy: number;
  xy: number;
}

/** Moments of one component. */
export function componentMoments(components: Components, component: number): Moments {
  const { runStart, runEnd, runRow, firstRun, nextRun } = components;
  const area = components.area[component];
  const firstX = runStart[firstRun[component]];
  const firstY = runRow[firstRun[component]];
  let sumX = 0;
  let sumY = 0;
  for (let i = firstRun[component]; i >= 0; i = nextRun[i]) {
    const length = runEnd[i] - runStart[i];
    sumX += length * ((runStart[i] + runEnd[i] - 1) / 2 - firstX);
    sumY += length * (runRow[i] - firstY);
  }
  const fromFirstX = sumX / area;
  const fromFirstY = sumY / area;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = firstRun[component]; i >= 0; i = nextRun[i]) {
    const length = runEnd[i] - runStart[i];
    const dx = (runStart[i] + runEnd[i] - 1) / 2 - firstX - fromFirstX;
    const dy = runRow[i] - firstY - fromFirstY;
    // A run's own variance about its middle is (length² − 1) / 12.
    xx += length * dx * dx + (length * (length * length - 1)) / 12;
    yy += length * dy * dy;
    xy += length * dx * dy;
  }
  return {
    area,
    x: firstX + fromFirstX,
    y: firstY + fromFirstY,
    fromFirstX,
    fromFirstY,
    xx: xx / area + 1 / 12,
    yy: yy / area + 1 / 12,
    xy: xy / area,
  };
}

/**
 * Intersection over union of a component with the ellipse that has the same second moments.
 * @returns 0–1; 1 for a perfect ellipse
 */
export function ellipseFit(components: Components, component: number, moments: Moments): number {
  const { runStart, runEnd, runRow, firstRun, nextRun } = components;
  const { area, fromFirstX, fromFirstY, xx, yy, xy } = moments;
  const firstX = runStart[firstRun[component]];
  const firstY = runRow[firstRun[component]];
  const determinant = xx * yy - xy * xy;
  const ellipseArea = 4 * Math.PI * Math.sqrt(determinant);
  let inside = 0;
  for (let i = firstRun[component]; i >= 0; i = nextRun[i]) {
    const dy = runRow[i] - firstY - fromFirstY;
    // Columns of this row inside yy·dx² − 2·xy·dx·dy + xx·dy² ≤ 4·determinant.
    const discriminant = xy * xy * dy * dy - yy * (xx * dy * dy - 4 * determinant);
    if (discriminant < 0) continue;
    const half = Math.sqrt(discriminant);
    const from = Math.max(runStart[i], firstX + Math.ceil(fromFirstX + (xy * dy - half) / yy));
    const to = Math.min(runEnd[i] - 1, firstX + Math.floor(fromFirstX + (xy * dy + half) / yy));
    if (to >= from) inside += to - from + 1;
  }
  return inside / (area + Math.max(0, ellipseArea - inside));
}

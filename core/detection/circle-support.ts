import type { Circle } from './circle-votes.ts';
import type { EdgePoints } from './edge-points.ts';

/** A cell's edge lies so near its circle, radii, and its direction so near that to the middle, cosine. */
const EDGE_REACH = 0.25;
const EDGE_DIRECTION = 0.75;

/** The edge points that lie along the circle and face its middle. */
export function supportOf({ x, y, radius }: Circle, edges: EdgePoints): number[] {
  const support: number[] = [];
  const outer = (1 + EDGE_REACH) * radius;
  const last = Math.min(edges.rowStart.length - 2, Math.floor(y + outer));
  for (let row = Math.max(0, Math.ceil(y - outer)); row <= last; row++) {
    for (
      let i = firstFrom(edges, row, x - outer);
      i < edges.rowStart[row + 1] && edges.x[i] <= x + outer;
      i++
    ) {
      const across = x - edges.x[i];
      const down = y - row;
      const away = Math.sqrt(across * across + down * down);
      if (Math.abs(away - radius) > EDGE_REACH * radius) continue;
      const facing = across * edges.towardX[i] + down * edges.towardY[i];
      if (facing >= EDGE_DIRECTION * away) support.push(i);
    }
  }
  return support;
}

/** First edge point of a row at or right of a column. */
function firstFrom({ x, rowStart }: EdgePoints, row: number, column: number): number {
  let from = rowStart[row];
  let to = rowStart[row + 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (x[middle] < column) from = middle + 1;
    else to = middle;
  }
  return from;
}

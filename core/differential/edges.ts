/** Left, top, width and height in full-resolution image pixels, origin top left. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Image edges that a box touches, as bits. */
export const LEFT = 1;
export const TOP = 2;
export const RIGHT = 4;
export const BOTTOM = 8;

/** A box that ends within the outermost pixel touches the edge, px. */
const TOLERANCE_PX = 1;

/**
 * The edges of the image that a box touches or crosses.
 * @param box full-resolution image pixels
 * @returns bits `LEFT`, `TOP`, `RIGHT`, `BOTTOM`
 */
export function touchedEdges(box: Box, imageWidthPx: number, imageHeightPx: number): number {
  return (
    (box.x < TOLERANCE_PX ? LEFT : 0) |
    (box.y < TOLERANCE_PX ? TOP : 0) |
    (box.x + box.width > imageWidthPx - TOLERANCE_PX ? RIGHT : 0) |
    (box.y + box.height > imageHeightPx - TOLERANCE_PX ? BOTTOM : 0)
  );
}

/** Whether the two-edge rule leaves the cell out: it touches the right or the bottom edge. */
export function touchesFarEdge(edges: number): boolean {
  return (edges & (RIGHT | BOTTOM)) !== 0;
}

/** The part of a box inside the image; null when it lies wholly outside. */
export function clipToImage(box: Box, imageWidthPx: number, imageHeightPx: number): Box | null {
  const x = Math.max(0, box.x);
  const y = Math.max(0, box.y);
  const width = Math.min(imageWidthPx, box.x + box.width) - x;
  const height = Math.min(imageHeightPx, box.y + box.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

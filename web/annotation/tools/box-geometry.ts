import type { Box } from '../cell-edit.ts';

/** Which sides a handle moves: −1 the left or upper, 1 the right or lower, 0 neither. */
export interface Handle {
  dx: -1 | 0 | 1;
  dy: -1 | 0 | 1;
}

export const HANDLES: readonly Handle[] = [
  { dx: -1, dy: -1 },
  { dx: 0, dy: -1 },
  { dx: 1, dy: -1 },
  { dx: 1, dy: 0 },
  { dx: 1, dy: 1 },
  { dx: 0, dy: 1 },
  { dx: -1, dy: 1 },
  { dx: -1, dy: 0 },
];

export interface Point {
  x: number;
  y: number;
}

export function handlePoint(box: Box, { dx, dy }: Handle): Point {
  return { x: box.x + (box.width * (dx + 1)) / 2, y: box.y + (box.height * (dy + 1)) / 2 };
}

export function handleAt(box: Box, point: Point, reach: number): Handle | null {
  const near = (handle: Handle) => {
    const at = handlePoint(box, handle);
    return Math.abs(at.x - point.x) <= reach && Math.abs(at.y - point.y) <= reach;
  };
  return HANDLES.find(near) ?? null;
}

export function boxBetween(a: Point, b: Point): Box {
  return {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  };
}

export function boxAround(centre: Point, size: number): Box {
  return { x: centre.x - size / 2, y: centre.y - size / 2, width: size, height: size };
}

export function boxHolds(box: Box, { x, y }: Point): boolean {
  return x >= box.x && y >= box.y && x <= box.x + box.width && y <= box.y + box.height;
}

/** The box after a handle was dragged by some pixels; dragging past the other side turns the box over. */
export function resizedBox(box: Box, { dx, dy }: Handle, by: Point): Box {
  const start = { x: box.x + (dx < 0 ? by.x : 0), y: box.y + (dy < 0 ? by.y : 0) };
  const end = {
    x: box.x + box.width + (dx > 0 ? by.x : 0),
    y: box.y + box.height + (dy > 0 ? by.y : 0),
  };
  return boxBetween(start, end);
}

/** The part of a box inside the image, on whole pixels, at least one pixel wide and high. */
export function clippedBox(box: Box, image: { width: number; height: number }): Box {
  const x = clamp(Math.round(box.x), 0, image.width - 1);
  const y = clamp(Math.round(box.y), 0, image.height - 1);
  const right = clamp(Math.round(box.x + box.width), x + 1, image.width);
  const bottom = clamp(Math.round(box.y + box.height), y + 1, image.height);
  return { x, y, width: right - x, height: bottom - y };
}

/** The box moved as far as the image allows, its size kept. */
export function movedBox(box: Box, by: Point, image: { width: number; height: number }): Box {
  return {
    ...box,
    x: clamp(Math.round(box.x + by.x), 0, Math.max(0, image.width - box.width)),
    y: clamp(Math.round(box.y + by.y), 0, Math.max(0, image.height - box.height)),
  };
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

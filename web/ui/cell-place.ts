import type { Box } from '../../core/differential/edges.ts';

/** The address of an image with the place of a cell in it, in image pixels. */
export function addressOfCell(jobId: string, { x, y, width, height }: Box): string {
  return `/samples/${jobId}#cell=${[x, y, width, height].map((value) => Math.round(value)).join(',')}`;
}

/** The place that an address names; undefined for none. */
export function placeIn(hash: string): Box | undefined {
  const [, place] = /^#cell=(-?\d+,-?\d+,\d+,\d+)$/.exec(hash) ?? [];
  if (!place) return undefined;
  const [x, y, width, height] = place.split(',').map(Number);
  return { x, y, width, height };
}

/** Part of an image around a cell: a square that shows what lies beside it too. */
export function cropAround({ x, y, width, height }: Box): { x: number; y: number; side: number } {
  const side = 1.6 * Math.max(width, height);
  return { x: x + (width - side) / 2, y: y + (height - side) / 2, side };
}

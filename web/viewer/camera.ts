import type { Box } from '../annotation/cell-edit.ts';

/** Which part of the image the screen shows. */
export interface Camera {
  /** Image coordinates of the screen's top left corner. */
  originX: number;
  originY: number;
  /** CSS pixels of one image pixel. */
  scale: number;
  /** Size of the screen area in CSS pixels. */
  width: number;
  height: number;
  /** Device pixels of one CSS pixel. */
  pixelRatio: number;
}

/** The origin is subtracted before scaling: far out in a large image the sum would lose the fraction. */
export function boxOnScreen({ x, y, width, height }: Box, { originX, originY, scale }: Camera): Box {
  return {
    x: (x - originX) * scale,
    y: (y - originY) * scale,
    width: width * scale,
    height: height * scale,
  };
}

/** The image coordinates under a CSS pixel of the screen area. */
export function pointInImage(x: number, y: number, { originX, originY, scale }: Camera) {
  return { x: originX + x / scale, y: originY + y / scale };
}

/** The part of the image plane that the screen shows; it may reach beyond the image. */
export function visibleBox({ originX, originY, scale, width, height }: Camera): Box {
  return { x: originX, y: originY, width: width / scale, height: height / scale };
}

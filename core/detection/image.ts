/** Where a part of a larger image lies in it, px of that image. */
export interface Placement {
  left: number;
  top: number;
  wholeWidth: number;
  wholeHeight: number;
}

/** A decoded image: 8 bits a channel, interleaved, rows top to bottom without padding. */
export interface RgbImage {
  /** Length width × height × channels; values 0–255, sRGB. A fourth channel is ignored. */
  data: Uint8Array | Uint8ClampedArray;
  /** px */
  width: number;
  /** px */
  height: number;
  channels: 3 | 4;
  /** Where it lies in the image it was cut out of; absent when it is the whole image. */
  placement?: Placement;
}

/** Where an image lies in the whole one, which may be itself. */
export function placementOf({
  width,
  height,
  placement,
}: Pick<RgbImage, 'width' | 'height' | 'placement'>): Placement {
  return placement ?? { left: 0, top: 0, wholeWidth: width, wholeHeight: height };
}

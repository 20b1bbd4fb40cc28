/** A decoded image: 8 bits a channel, interleaved, rows top to bottom without padding. */
export interface RgbImage {
  /** Length width × height × channels; values 0–255, sRGB. A fourth channel is ignored. */
  data: Uint8Array | Uint8ClampedArray;
  /** px */
  width: number;
  /** px */
  height: number;
  channels: 3 | 4;
}

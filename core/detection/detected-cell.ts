/** One cell; coordinates are full-resolution image pixels, origin top left, pixel i covering i to i + 1. */
export interface DetectedCell {
  /** Left, top, width and height of the cell's box, px. */
  x: number;
  y: number;
  width: number;
  height: number;
  cellType: string;
  /** Probability of `cellType`, 0–1. */
  confidence: number;
  /** Set when the two most probable types lie too close together to tell. */
  uncertain?: boolean;
  nucleus: {
    /** A point inside the nucleus, px: its centroid, unless a notch or a hole lies there. */
    x: number;
    y: number;
    areaPx: number;
    /** x, y pairs; closed, the first point not repeated. */
    outline: Float32Array;
  };
}

import type { Camera } from './camera.ts';
import type { CellLook } from './cell-look.ts';

/** What one frame cost, for benchmarks and gates on machines whose clocks say little. */
export interface FrameCounts {
  /** Cells looked at. */
  visited: number;
  /** Cells drawn, one by one or as part of the density grid. */
  drawn: number;
  /** Whether the density grid stood for the cells. */
  asDensity: boolean;
}

/** Draws all cells above the image. Reads the store's arrays in each frame and keeps no copy of a cell. */
export interface CellLayer {
  /** Placed over the image by the viewer; takes no pointer events. */
  readonly canvas: HTMLCanvasElement;
  draw(camera: Camera, look: CellLook): FrameCounts;
  /** Boxes changed or cells were added: anything arranged by place is stale. */
  placesChanged(): void;
  destroy(): void;
}

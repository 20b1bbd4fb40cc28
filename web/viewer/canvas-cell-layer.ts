import { isReviewed } from '../annotation/cell-edit.ts';
import type { CellStore } from '../annotation/cell-store.ts';
import { type Camera, visibleBox } from './camera.ts';
import { CellGrid } from './cell-grid.ts';
import type { CellLayer, FrameCounts } from './cell-layer.ts';
import { type CellLook, type Palette, paletteOf, pixelOf, visibilityOf } from './cell-look.ts';
import { CellOutlines } from './cell-outlines.ts';
import { DensityGrid } from './density-grid.ts';
import { PixelFrame } from './pixel-frame.ts';

/** Sizes on the screen in CSS pixels: below, a cell is a solid box … */
const SOLID_BELOW_PX = 5;
/** … an outline of pixels written directly … */
const PIXELS_BELOW_PX = 14;
/** … and above it, canvas paths. Of cells smaller than this, a crowd becomes a density grid. */
const DENSITY_BELOW_PX = 3.5;
/** A crowd: one cell in so many CSS pixels of the screen. */
const CROWD_PX2 = 150;

const REVIEWED_ALPHA = 255;
const UNREVIEWED_ALPHA = 170;
const MARK_PIXEL = pixelOf([24, 14, 38], 230);

/** The cell layer for machines without a GPU: every frame is computed on the CPU. */
export class CanvasCellLayer implements CellLayer {
  readonly canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #store: CellStore;
  readonly #image: { width: number; height: number };
  #frame = new PixelFrame(1, 1);
  #grid: CellGrid | null = null;
  #palette: Palette = { css: [], rgb: [] };

  constructor(document: Document, store: CellStore, image: { width: number; height: number }) {
    this.#store = store;
    this.#image = image;
    this.canvas = document.createElement('canvas');
    const context = this.canvas.getContext('2d');
    if (!context) throw new Error('this browser offers no 2D canvas');
    this.#context = context;
  }

  placesChanged(): void {
    this.#grid = null;
  }

  /** Draws the cells of another store from now on. */
  show(store: CellStore): void {
    this.#store = store;
    this.#grid = null;
    this.#palette = { css: [], rgb: [] };
  }

  draw(camera: Camera, look: CellLook): FrameCounts {
    this.#fitTo(camera);
    this.#grid ??= new CellGrid(this.#store.columns, this.#image);
    if (this.#palette.css.length !== this.#store.cellTypes.length) {
      this.#palette = paletteOf(this.#store.cellTypes);
    }
    const runs = this.#grid.runsIn(visibleBox(camera));
    const pass = new FramePass(this.#store, this.#palette, this.#frame, this.#context, camera, look);
    return pass.draw(this.#grid.order, runs);
  }

  destroy(): void {
    this.canvas.remove();
  }

  #fitTo({ width, height, pixelRatio }: Camera): void {
    const pixels = { width: Math.round(width * pixelRatio), height: Math.round(height * pixelRatio) };
    if (this.#frame.width === pixels.width && this.#frame.height === pixels.height) return;
    this.#frame = new PixelFrame(Math.max(1, pixels.width), Math.max(1, pixels.height));
    this.canvas.width = this.#frame.width;
    this.canvas.height = this.#frame.height;
  }
}

/** Draws one frame. */
class FramePass {
  readonly #store: CellStore;
  readonly #palette: Palette;
  readonly #frame: PixelFrame;
  readonly #context: CanvasRenderingContext2D;
  readonly #camera: Camera;
  readonly #look: CellLook;
  readonly #outlines: CellOutlines;

  constructor(
    store: CellStore,
    palette: Palette,
    frame: PixelFrame,
    context: CanvasRenderingContext2D,
    camera: Camera,
    look: CellLook,
  ) {
    this.#store = store;
    this.#palette = palette;
    this.#frame = frame;
    this.#context = context;
    this.#camera = camera;
    this.#look = look;
    this.#outlines = new CellOutlines(context, store, palette, camera);
  }

  draw(order: Uint32Array, runs: readonly number[]): FrameCounts {
    const counts = { visited: 0, drawn: 0, asDensity: this.#isCrowd(order, runs) };
    const isVisible = visibilityOf(this.#store.columns, this.#look);
    const grid = counts.asDensity ? new DensityGrid(this.#camera, this.#store.cellTypes.length) : null;
    const columns = this.#store.columns;
    for (let run = 0; run < runs.length; run += 2) {
      for (let i = runs[run]; i < runs[run + 1]; i++) {
        const id = order[i];
        if (!isVisible(id)) continue;
        counts.drawn++;
        if (grid) grid.add(columns, id);
        else this.#place(id);
      }
      counts.visited += runs[run + 1] - runs[run];
    }
    grid?.drawOn(this.#frame, this.#camera, this.#palette);
    const selected = [...this.#look.selected].filter((id) => isVisible(id) && this.#onScreen(id));
    for (const id of selected) if (this.#sidePx(id) < PIXELS_BELOW_PX) this.#markSmall(id);
    this.#frame.moveTo(this.#context);
    this.#outlines.draw();
    this.#outlines.drawSelected(selected.filter((id) => this.#sidePx(id) >= PIXELS_BELOW_PX));
    const { hovered } = this.#look;
    if (hovered >= 0 && isVisible(hovered) && !this.#look.selected.has(hovered)) {
      this.#outlines.drawHovered(hovered);
    }
    return counts;
  }

  /** Small cells go into the pixel frame at once, larger ones wait for the paths above it. */
  #place(id: number): void {
    const sidePx = this.#sidePx(id);
    if (sidePx >= PIXELS_BELOW_PX) {
      if (this.#onScreen(id)) this.#outlines.add(id);
      return;
    }
    const { type, state } = this.#store.columns;
    const [x, y, width, height] = this.#deviceBox(id);
    const reviewed = isReviewed(state[id]);
    const pixel = pixelOf(this.#palette.rgb[type[id]], reviewed ? REVIEWED_ALPHA : UNREVIEWED_ALPHA);
    if (sidePx < SOLID_BELOW_PX) {
      this.#frame.fill(x, y, width, height, pixel);
    } else {
      const line = Math.round(this.#camera.pixelRatio) * (reviewed ? 2 : 1);
      this.#frame.outline(x, y, width, height, line, pixel);
    }
  }

  /** A selected small cell: filled with its colour, in a dark frame. */
  #markSmall(id: number): void {
    const [x, y, width, height] = this.#deviceBox(id);
    const line = 2 * Math.max(1, Math.round(this.#camera.pixelRatio));
    this.#frame.fill(x - line, y - line, width + 2 * line, height + 2 * line, MARK_PIXEL);
    this.#frame.fill(x, y, width, height, pixelOf(this.#palette.rgb[this.#store.columns.type[id]], 255));
  }

  #sidePx(id: number): number {
    const { box } = this.#store.columns;
    return Math.max(box[id * 4 + 2], box[id * 4 + 3]) * this.#camera.scale;
  }

  #deviceBox(id: number): [x: number, y: number, width: number, height: number] {
    const { box } = this.#store.columns;
    const { originX, originY, scale, pixelRatio } = this.#camera;
    const toDevice = scale * pixelRatio;
    return [
      Math.round((box[id * 4] - originX) * toDevice),
      Math.round((box[id * 4 + 1] - originY) * toDevice),
      Math.max(2, Math.round(box[id * 4 + 2] * toDevice)),
      Math.max(2, Math.round(box[id * 4 + 3] * toDevice)),
    ];
  }

  #onScreen(id: number): boolean {
    const { box } = this.#store.columns;
    const { originX, originY, scale, width, height } = this.#camera;
    const x = (box[id * 4] - originX) * scale;
    const y = (box[id * 4 + 1] - originY) * scale;
    return x < width && y < height && x + box[id * 4 + 2] * scale > 0 && y + box[id * 4 + 3] * scale > 0;
  }

  /** Whether the cells in view are so many and so small that single boxes would run together. */
  #isCrowd(order: Uint32Array, runs: readonly number[]): boolean {
    let inView = 0;
    for (let run = 0; run < runs.length; run += 2) inView += runs[run + 1] - runs[run];
    const { width, height, scale } = this.#camera;
    if (inView * CROWD_PX2 < width * height) return false;
    const { box } = this.#store.columns;
    // A hundred cells spread over the first run say enough about the usual size.
    const step = Math.max(1, Math.floor((runs[1] - runs[0]) / 100));
    const sides: number[] = [];
    for (let i = runs[0]; i < runs[1]; i += step) {
      sides.push(Math.max(box[order[i] * 4 + 2], box[order[i] * 4 + 3]));
    }
    sides.sort((a, b) => a - b);
    return sides[sides.length >> 1] * scale < DENSITY_BELOW_PX;
  }
}

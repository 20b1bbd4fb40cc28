import { isReviewed } from '../annotation/cell-edit.ts';
import type { CellStore } from '../annotation/cell-store.ts';
import type { Camera } from './camera.ts';
import { DOUBTFUL_CONFIDENCE, type Palette } from './cell-look.ts';

/** Nuclei are outlined in cells at least this large on the screen, CSS pixels. */
const NUCLEUS_FROM_PX = 28;
/** Length of a corner mark as a share of the side. */
const CORNER = 0.28;
const HALO = 'rgba(24, 14, 38, 0.85)';
const LIGHT = '#ffffff';
/** Keeps letters legible on dark nuclei. */
const LETTER_GROUND = 'rgba(255, 255, 255, 0.75)';
/** Marks of doubt and type keys would crowd smaller cells. */
const DOUBT_FROM_PX = 24;
const KEY_FROM_PX = 64;

/**
 * Cells large enough to see as shapes, stroked one colour at a time. The reader's cells have a whole frame;
 * what nobody has looked at yet has corner marks only, with a dot when the machine was in doubt.
 */
export class CellOutlines {
  readonly #context: CanvasRenderingContext2D;
  readonly #store: CellStore;
  readonly #palette: Palette;
  readonly #camera: Camera;
  /** Device pixels of one image pixel. */
  readonly #scale: number;
  readonly #byType: number[][] = [];

  constructor(context: CanvasRenderingContext2D, store: CellStore, palette: Palette, camera: Camera) {
    this.#context = context;
    this.#store = store;
    this.#palette = palette;
    this.#camera = camera;
    this.#scale = camera.scale * camera.pixelRatio;
  }

  add(id: number): void {
    const type = this.#store.columns.type[id];
    this.#byType[type] ??= [];
    this.#byType[type].push(id);
  }

  /** Draws all cells that were added. */
  draw(): void {
    const { state } = this.#store.columns;
    this.#byType.forEach((ids, type) => {
      const color = this.#palette.css[type];
      const reviewed = ids.filter((id) => isReviewed(state[id]));
      const unreviewed = ids.filter((id) => !isReviewed(state[id]));
      this.#stroke(color, 1.6, () => reviewed.forEach(this.#frame));
      this.#stroke(color, 1.2, () => unreviewed.forEach(this.#corners));
      this.#stroke(color, 1, () => ids.forEach(this.#nucleus));
      this.#doubts(color, unreviewed);
      this.#keys(color, this.#store.cellTypes[type].key, ids);
    });
  }

  /** Selected cells keep their colour inside a white line, which only a dark halo shows on a pale background. */
  drawSelected(ids: readonly number[]): void {
    this.#stroke(HALO, 6.5, () => ids.forEach(this.#frame));
    this.#stroke(LIGHT, 4.6, () => ids.forEach(this.#frame));
    this.#strokeByType(ids, 2.4);
  }

  drawHovered(id: number): void {
    this.#stroke(HALO, 3.4, () => this.#frame(id));
    this.#strokeByType([id], 1.8);
  }

  #strokeByType(ids: readonly number[], width: number): void {
    const { type } = this.#store.columns;
    for (const [of, group] of Map.groupBy(ids, (id) => type[id])) {
      this.#stroke(this.#palette.css[of], width, () => group.forEach(this.#frame));
    }
  }

  #stroke(color: string, width: number, addShapes: () => void): void {
    const context = this.#context;
    context.strokeStyle = color;
    context.lineWidth = width * this.#camera.pixelRatio;
    context.lineJoin = 'round';
    context.lineCap = 'round';
    context.beginPath();
    addShapes();
    context.stroke();
  }

  /** Edges in the middle of device pixels, so that thin lines stay sharp. */
  #edges(id: number): [left: number, top: number, right: number, bottom: number] {
    const { box } = this.#store.columns;
    const { originX, originY } = this.#camera;
    const scale = this.#scale;
    const x = (box[id * 4] - originX) * scale;
    const y = (box[id * 4 + 1] - originY) * scale;
    const right = x + Math.max(3, box[id * 4 + 2] * scale);
    const bottom = y + Math.max(3, box[id * 4 + 3] * scale);
    return [Math.round(x) + 0.5, Math.round(y) + 0.5, Math.round(right) - 0.5, Math.round(bottom) - 0.5];
  }

  readonly #frame = (id: number): void => {
    const [left, top, right, bottom] = this.#edges(id);
    const radius = Math.min(6 * this.#camera.pixelRatio, (right - left) * 0.12);
    this.#context.roundRect(left, top, right - left, bottom - top, radius);
  };

  readonly #corners = (id: number): void => {
    const [left, top, right, bottom] = this.#edges(id);
    const dx = (right - left) * CORNER;
    const dy = (bottom - top) * CORNER;
    const path = this.#context;
    path.moveTo(left, top + dy);
    path.lineTo(left, top);
    path.lineTo(left + dx, top);
    path.moveTo(right - dx, top);
    path.lineTo(right, top);
    path.lineTo(right, top + dy);
    path.moveTo(right, bottom - dy);
    path.lineTo(right, bottom);
    path.lineTo(right - dx, bottom);
    path.moveTo(left + dx, bottom);
    path.lineTo(left, bottom);
    path.lineTo(left, bottom - dy);
  };

  readonly #nucleus = (id: number): void => {
    const { run } = this.#store;
    const sidePx = this.#sidePx(id);
    if (!run || sidePx < NUCLEUS_FROM_PX || !this.#store.hasOutline(id)) return;
    const { originX, originY } = this.#camera;
    const start = run.outlineStart[id];
    const end = run.outlineStart[id + 1];
    // A point every two screen pixels or so is all the eye sees.
    const step = Math.max(1, Math.floor((end - start) / sidePx));
    for (let point = start; point < end; point += step) {
      const x = (run.outline[point * 2] - originX) * this.#scale;
      const y = (run.outline[point * 2 + 1] - originY) * this.#scale;
      if (point === start) this.#context.moveTo(x, y);
      else this.#context.lineTo(x, y);
    }
    this.#context.closePath();
  };

  #doubts(color: string, unreviewed: readonly number[]): void {
    const { confidence, uncertain } = this.#store.columns;
    const radius = 2.2 * this.#camera.pixelRatio;
    const context = this.#context;
    context.fillStyle = color;
    context.beginPath();
    for (const id of unreviewed) {
      const isDoubtful = uncertain[id] === 1 || confidence[id] < DOUBTFUL_CONFIDENCE * 255;
      if (!isDoubtful || this.#sidePx(id) < DOUBT_FROM_PX) continue;
      const [left, top, right] = this.#edges(id);
      const x = (left + right) / 2;
      context.moveTo(x + radius, top);
      context.arc(x, top, radius, 0, 2 * Math.PI);
    }
    context.fill();
  }

  /** The type's key in a corner: names the type without its colour, and teaches the key. */
  #keys(color: string, key: string, ids: readonly number[]): void {
    const context = this.#context;
    const fontPx = 11 * this.#camera.pixelRatio;
    context.font = `600 ${fontPx}px system-ui, sans-serif`;
    context.textBaseline = 'top';
    context.fillStyle = color;
    context.strokeStyle = LETTER_GROUND;
    context.lineWidth = fontPx * 0.3;
    for (const id of ids) {
      if (this.#sidePx(id) < KEY_FROM_PX) continue;
      const [left, top] = this.#edges(id);
      context.strokeText(key.toUpperCase(), left + fontPx * 0.4, top + fontPx * 0.4);
      context.fillText(key.toUpperCase(), left + fontPx * 0.4, top + fontPx * 0.4);
    }
  }

  #sidePx(id: number): number {
    const { box } = this.#store.columns;
    return Math.max(box[id * 4 + 2], box[id * 4 + 3]) * this.#camera.scale;
  }
}

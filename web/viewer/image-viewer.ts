import OpenSeadragon from 'openseadragon';
import type { Box } from '../annotation/cell-edit.ts';
import type { Camera } from './camera.ts';

/** A sample's image, with its full-resolution size: what is shown may be a smaller rendering of it. */
export interface SampleImage {
  url: string;
  width: number;
  height: number;
  /** Of an image too large to be shown at once, instead of the one at `url`. */
  tiles?: ImageTiles | null;
}

export interface ImageTiles {
  /** Followed by /{level}/{column}/{row}; level 0 is the smallest, each next one twice as large. */
  url: string;
  levels: number;
  tilePx: number;
  /** Each tile shares a border so wide with its neighbours. */
  borderPx: number;
}

export interface ImageViewerEvents {
  /** A frame of the image was drawn: draw the cells for the same camera now. */
  onFrame(): void;
  onOpen(): void;
  onFailed(): void;
}

const ANIMATION_S = 0.25;
const TILE_RETRIES = 5;
const TILE_RETRY_MS = 2000;
const NO_CLICKS = {
  clickToZoom: false,
  dblClickToZoom: false,
  dblClickDragToZoom: false,
  flickEnabled: false,
};
/** Largest magnification, CSS pixels of one image pixel. */
const MAX_SCALE = 16;
/** A cell is shown at this share of the screen when zoomed to. */
const CELL_SHARE = 0.25;

/** The image with pan and zoom, drawn by OpenSeadragon; the one place that knows it. */
export class ImageViewer {
  readonly #osd: OpenSeadragon.Viewer;
  readonly #size: { width: number; height: number };
  readonly #element: HTMLElement;
  /** Nobody moved since the whole image was shown: it stays so when its place on the page changes its size. */
  #isFitted = true;
  #fittedInto = { x: 0, y: 0 };

  constructor(element: HTMLElement, image: SampleImage, events: ImageViewerEvents) {
    this.#element = element;
    this.#size = { width: image.width, height: image.height };
    const calm = element.ownerDocument.defaultView?.matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#osd = new OpenSeadragon.Viewer({
      element,
      // Its WebGL drawer needs up to 1.7 s a frame on machines without a GPU.
      drawer: 'canvas',
      tileSources: sourceOf(image),
      // One that failed would stay away: the session may have ended meanwhile.
      tileRetryMax: TILE_RETRIES,
      tileRetryDelay: TILE_RETRY_MS,
      animationTime: calm ? 0 : ANIMATION_S,
      springStiffness: 8,
      showNavigationControl: false,
      keyboardNavEnabled: false,
      tabIndex: -1,
      gestureSettingsMouse: NO_CLICKS,
      gestureSettingsTouch: NO_CLICKS,
      gestureSettingsPen: NO_CLICKS,
      gestureSettingsUnknown: NO_CLICKS,
      zoomPerScroll: 1.25,
      maxZoomPixelRatio: MAX_SCALE,
      minZoomImageRatio: 0.7,
      visibilityRatio: 0.25,
    });
    this.#osd.addHandler('update-viewport', () => {
      events.onFrame();
      this.#keepFitted();
    });
    for (const moved of ['canvas-drag', 'canvas-scroll', 'canvas-pinch'] as const) {
      this.#osd.addHandler(moved, () => {
        this.#isFitted = false;
      });
    }
    this.#osd.addHandler('animation-finish', () => this.#snapAtActualSize());
    this.#osd.addHandler('open', () => {
      if (!image.tiles) this.#drawAtOwnSize();
      events.onOpen();
    });
    this.#osd.addHandler('open-failed', () => events.onFailed());
  }

  get camera(): Camera {
    const bounds = this.#osd.viewport.getBoundsNoRotate(true);
    const screen = this.#osd.viewport.getContainerSize();
    const imagePx = this.#size.width;
    return {
      originX: bounds.x * imagePx,
      originY: bounds.y * imagePx,
      scale: screen.x / (bounds.width * imagePx),
      width: screen.x,
      height: screen.y,
      pixelRatio: this.#pixelRatio,
    };
  }

  get isOpen(): boolean {
    return this.#osd.isOpen();
  }

  zoomToFit(): void {
    this.#isFitted = true;
    this.#osd.viewport.goHome();
  }

  zoomBy(factor: number): void {
    this.#isFitted = false;
    this.#osd.viewport.zoomBy(factor).applyConstraints();
  }

  /** One image pixel on one device pixel, without resampling. */
  zoomToActualSize(): void {
    this.#isFitted = false;
    const viewport = this.#osd.viewport;
    const { width, pixelRatio } = this.camera;
    viewport.zoomTo(this.#size.width / pixelRatio / width);
    viewport.panTo(this.#onPixelGrid(viewport.getCenter(false)));
    viewport.applyConstraints();
  }

  /** Brings a cell to the middle of the screen, large enough to judge. */
  zoomToBox(box: Box): void {
    this.#isFitted = false;
    const { width, height } = this.camera;
    const side = Math.max(box.width, box.height) / CELL_SHARE;
    const shown = { width: side * Math.max(1, width / height), height: side * Math.max(1, height / width) };
    const centre = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    this.#osd.viewport.fitBounds(
      this.#rect({ x: centre.x - shown.width / 2, y: centre.y - shown.height / 2, ...shown }),
    );
  }

  /** Moves as little as is needed for the box to be on the screen with some room around it. */
  panIntoView(box: Box): void {
    const viewport = this.#osd.viewport;
    const shown = viewport.getBoundsNoRotate(false);
    const wanted = this.#rect(box);
    const room = 0.1 * Math.min(shown.width, shown.height);
    const dx = shiftInto(wanted.x - room, wanted.x + wanted.width + room, shown.x, shown.x + shown.width);
    const dy = shiftInto(wanted.y - room, wanted.y + wanted.height + room, shown.y, shown.y + shown.height);
    if (dx === 0 && dy === 0) return;
    this.#isFitted = false;
    viewport.panBy(new OpenSeadragon.Point(dx, dy));
  }

  /** CSS filter on the image only, not on the cells. */
  setFilter(css: string): void {
    this.#element.querySelectorAll('canvas').forEach((canvas) => {
      canvas.style.filter = css;
    });
  }

  destroy(): void {
    this.#osd.destroy();
  }

  #keepFitted(): void {
    const { x, y } = this.#osd.viewport.getContainerSize();
    if (x === this.#fittedInto.x && y === this.#fittedInto.y) return;
    this.#fittedInto = { x, y };
    if (this.#isFitted) this.#osd.viewport.goHome(true);
  }

  /**
   * OpenSeadragon stretches tiles without overlap by a pixel, to close seams. A single image has no seams, and the
   * stretching blurs it: a nominal overlap, which changes nothing else with one tile, prevents it.
   */
  #drawAtOwnSize(): void {
    this.#osd.world.getItemAt(0).source.tileOverlap = 1;
  }

  get #pixelRatio(): number {
    return this.#element.ownerDocument.defaultView?.devicePixelRatio ?? 1;
  }

  #rect(box: Box): OpenSeadragon.Rect {
    const imagePx = this.#size.width;
    return new OpenSeadragon.Rect(
      box.x / imagePx,
      box.y / imagePx,
      box.width / imagePx,
      box.height / imagePx,
    );
  }

  /** After a pan at one to one, the image's pixels are brought back onto the screen's. */
  #snapAtActualSize(): void {
    const { scale, pixelRatio } = this.camera;
    if (Math.abs(scale * pixelRatio - 1) > 1e-4) return;
    const viewport = this.#osd.viewport;
    viewport.panTo(this.#onPixelGrid(viewport.getCenter(true)), true);
  }

  /** The nearest centre for which the screen's corner falls on the corner of an image pixel at one to one. */
  #onPixelGrid(centre: OpenSeadragon.Point): OpenSeadragon.Point {
    const { width, height, pixelRatio } = this.camera;
    const imagePx = this.#size.width;
    const snap = (position: number, screenPx: number) => {
      const half = (screenPx * pixelRatio) / 2;
      return (Math.round(position * imagePx - half) + half) / imagePx;
    };
    return new OpenSeadragon.Point(snap(centre.x, width), snap(centre.y, height));
  }
}

function sourceOf({ url, width, height, tiles }: SampleImage) {
  if (!tiles) return { type: 'image', url };
  return {
    width,
    height,
    tileSize: tiles.tilePx,
    tileOverlap: tiles.borderPx,
    minLevel: 0,
    maxLevel: tiles.levels - 1,
    getTileUrl: (level: number, column: number, row: number) => `${tiles.url}/${level}/${column}/${row}`,
  };
}

/** How far to shift the shown range so that it holds the wanted one; its start goes first when both cannot be. */
function shiftInto(from: number, to: number, shownFrom: number, shownTo: number): number {
  if (from < shownFrom) return from - shownFrom;
  return to > shownTo ? Math.min(to - shownTo, from - shownFrom) : 0;
}

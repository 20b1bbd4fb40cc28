import type { PackedCells } from '../../core/detection/packed-cells.ts';
import { type Box, CellState } from '../annotation/cell-edit.ts';
import { CellStore } from '../annotation/cell-store.ts';
import { ReadingOrder } from '../annotation/reading-order.ts';
import type { Selection } from '../annotation/selection.ts';
import { type Direction, SpatialIndex } from '../annotation/spatial-index.ts';
import { AddBoxTool } from '../annotation/tools/add-box-tool.ts';
import { SelectTool } from '../annotation/tools/select-tool.ts';
import type { Tool, ToolContext, ToolPointer } from '../annotation/tools/tool.ts';
import { CanvasCellLayer } from './canvas-cell-layer.ts';
import type { CellLayer, FrameCounts } from './cell-layer.ts';
import { type CellLook, visibilityOf } from './cell-look.ts';
import { AdjustmentFilter, type ImageAdjustment, NO_ADJUSTMENT } from './image-adjustment.ts';
import { ImageViewer, type SampleImage } from './image-viewer.ts';
import { listenToPointer } from './pointer-input.ts';
import { SvgOverlay } from './svg-overlay.ts';

export type ToolName = 'select' | 'add-box';

/** What the page shows of the viewer; a new object whenever any of it changes. */
export interface SampleViewerState {
  image: 'opening' | 'open' | 'failed';
  tool: ToolName;
  hiddenTypes: ReadonlySet<number>;
  /** 0–1: unreviewed detections below it are hidden. */
  minConfidence: number;
  cellsShown: boolean;
  adjustment: ImageAdjustment;
}

export interface SampleViewerSource {
  image: SampleImage;
  store: CellStore;
  selection: Selection;
  /** No tool changes a cell. */
  readOnly?: boolean;
}

/**
 * One sample on the screen: image, cells, tools. Made for an element with a size of its own, ended by `destroy`.
 * The page owns store, selection, undo and autosave and may keep them when the viewer goes.
 *
 *   const viewer = new SampleViewer(element, { image: { url, width, height }, store, selection });
 *   const stopKeys = listenToKeys(element, () => store.cellTypes, (command) =>
 *     runSampleCommand(command, { store, selection, undo, viewer }) || runPageCommand(command));
 */
export class SampleViewer {
  readonly #element: HTMLElement;
  readonly #store: CellStore;
  readonly #selection: Selection;
  readonly #index: SpatialIndex;
  readonly #order: ReadingOrder;
  readonly #imageViewer: ImageViewer;
  readonly #layer: CellLayer;
  readonly #image: SampleImage;
  /** Draws the cells that are tried out, while there are any. */
  #previewLayer: CanvasCellLayer | null = null;
  readonly #overlay: SvgOverlay;
  readonly #filter: AdjustmentFilter;
  readonly #tools: Record<ToolName, Tool>;
  readonly #ending: (() => void)[] = [];
  readonly #subscribers = new Set<() => void>();
  readonly #hoverListeners = new Set<(cell: number) => void>();
  #state: SampleViewerState;
  #hovered = -1;
  /** Holds the store's arrays: made anew when they or the filters change. */
  #visibility: ((id: number) => boolean) | null = null;
  #scheduled = 0;
  #lastFrame = { visited: 0, drawn: 0, asDensity: false, ms: 0 };

  constructor(element: HTMLElement, { image, store, selection, readOnly = false }: SampleViewerSource) {
    this.#element = element;
    this.#store = store;
    this.#selection = selection;
    this.#image = image;
    this.#state = {
      image: 'opening',
      tool: 'select',
      hiddenTypes: new Set(),
      minConfidence: 0,
      cellsShown: true,
      adjustment: NO_ADJUSTMENT,
    };
    this.#index = new SpatialIndex(store);
    this.#order = new ReadingOrder(store);
    this.#tools = this.#makeTools(readOnly);
    this.#filter = new AdjustmentFilter(element.ownerDocument);
    this.#layer = new CanvasCellLayer(element.ownerDocument, store, image);
    this.#overlay = new SvgOverlay(element.ownerDocument);
    this.#imageViewer = new ImageViewer(this.#stackLayers(), image, {
      onFrame: () => this.#drawCells(),
      onOpen: () => this.#change({ image: 'open' }),
      onFailed: () => this.#change({ image: 'failed' }),
    });
    this.#observe();
  }

  readonly subscribe = (subscriber: () => void): (() => void) => {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  };

  readonly getState = (): SampleViewerState => this.#state;

  /** Calls `listener` with the cell under the pointer, −1 for none, whenever it changes. */
  onHover(listener: (cell: number) => void): () => void {
    this.#hoverListeners.add(listener);
    return () => this.#hoverListeners.delete(listener);
  }

  setTool(tool: ToolName): void {
    this.#tools[this.#state.tool].cancel();
    this.#change({ tool });
  }

  setHiddenTypes(hiddenTypes: ReadonlySet<number>): void {
    this.#change({ hiddenTypes });
  }

  setMinConfidence(minConfidence: number): void {
    this.#change({ minConfidence });
  }

  setCellsShown(cellsShown: boolean): void {
    this.#change({ cellsShown });
  }

  /**
   * Shows cells that are tried out in place of the stored run's; null ends it. What the reader looked at stays, and
   * until it ends no tool changes a cell.
   */
  setPreview(cells: PackedCells | null): void {
    if (cells) {
      const preview = new CellStore({ run: cells, annotations: [], cellTypes: this.#store.cellTypes });
      if (this.#previewLayer) this.#previewLayer.show(preview);
      else this.#beginPreview(preview);
    } else {
      this.#previewLayer?.destroy();
      this.#previewLayer = null;
    }
    this.#visibility = null;
    this.#redraw();
  }

  setAdjustment(adjustment: ImageAdjustment): void {
    this.#filter.set(adjustment);
    this.#imageViewer.setFilter(this.#filter.css);
    this.#change({ adjustment });
  }

  zoomToFit(): void {
    this.#imageViewer.zoomToFit();
  }

  zoomToActualSize(): void {
    this.#imageViewer.zoomToActualSize();
  }

  zoomBy(factor: number): void {
    this.#imageViewer.zoomBy(factor);
  }

  /** Selects a cell and brings it large to the middle of the screen. */
  zoomTo(cell: number): void {
    this.#selection.set([cell]);
    this.#imageViewer.zoomToBox(this.#store.boxOf(cell));
  }

  /** Brings a place large to the middle of the screen, and selects the cell there if there is one. */
  zoomToPlace(place: Box): void {
    const cell = this.#index.pick(place.x + place.width / 2, place.y + place.height / 2, this.#isVisible);
    if (cell >= 0) this.zoomTo(cell);
    else this.#imageViewer.zoomToBox(place);
  }

  /** Selects the next or previous visible cell in reading order; false at the end. */
  step(direction: 1 | -1): boolean {
    return this.#goTo(this.#order.next(this.#selection.current, direction, this.#isVisible));
  }

  /** Selects the next visible cell in reading order that is uncertain and not looked at; false at the end. */
  stepToUncertain(): boolean {
    const { uncertain, state } = this.#store.columns;
    const isWanted = (id: number) =>
      uncertain[id] === 1 && state[id] === CellState.unreviewed && this.#isVisible(id);
    return this.#goTo(this.#order.next(this.#selection.current, 1, isWanted));
  }

  /** Selects the nearest visible cell in a direction; false when there is none. */
  stepTo(direction: Direction): boolean {
    const from = this.#selection.current;
    if (from < 0) return this.step(1);
    return this.#goTo(this.#index.neighbour(from, direction, this.#isVisible));
  }

  /** Place of a cell among those shown, in reading order. */
  placeOf(cell: number): { position: number; total: number } {
    return this.#order.placeOf(cell, this.#isVisible);
  }

  selectAllVisible(): void {
    const ids = Array.from({ length: this.#store.columns.count }, (_, id) => id);
    this.#selection.set(ids.filter(this.#isVisible));
  }

  /** Escape: drops a half-done drag, else leaves the tool, else clears the selection. False: nothing to cancel. */
  cancel(): boolean {
    if (this.#tools[this.#state.tool].cancel()) this.#redraw();
    else if (this.#state.tool !== 'select') this.setTool('select');
    else if (this.#selection.ids.size > 0) this.#selection.clear();
    else return false;
    return true;
  }

  /** Lets Tab leave the image: the focus goes on from here in the page. False when it is elsewhere already. */
  releaseFocus(): boolean {
    const focused = this.#element.ownerDocument.activeElement;
    if (!(focused instanceof HTMLElement) || !this.#element.contains(focused)) return false;
    focused.blur();
    return true;
  }

  /** What the last frame drew, and how long the cells and the tool's shape took. */
  get lastFrame(): FrameCounts & { ms: number } {
    return this.#lastFrame;
  }

  /** Where an image point is on the page, CSS pixels of the browser's window. */
  toWindow(x: number, y: number): { x: number; y: number } {
    const { originX, originY, scale } = this.#imageViewer.camera;
    const frame = this.#element.getBoundingClientRect();
    return { x: frame.left + (x - originX) * scale, y: frame.top + (y - originY) * scale };
  }

  destroy(): void {
    cancelAnimationFrame(this.#scheduled);
    for (const end of this.#ending) end();
    this.#index.dispose();
    this.#order.dispose();
    this.#imageViewer.destroy();
    this.#layer.destroy();
    this.#previewLayer?.destroy();
    this.#filter.remove();
    this.#element.replaceChildren();
  }

  #makeTools(readOnly: boolean): Record<ToolName, Tool> {
    const isReadOnly = () => readOnly || this.#previewLayer !== null;
    const context: ToolContext = {
      store: this.#store,
      selection: this.#selection,
      index: this.#index,
      image: { width: this.#image.width, height: this.#image.height },
      isVisible: (id) => this.#isVisible(id),
      get readOnly() {
        return isReadOnly();
      },
      newCellType: Math.max(
        0,
        this.#store.cellTypes.findIndex((type) => type.code === 'Unclassified'),
      ),
    };
    return { select: new SelectTool(context), 'add-box': new AddBoxTool(context) };
  }

  /** Image below, cells above it, the tool's shape on top; answers the element for the image. */
  #stackLayers(): HTMLElement {
    const image = this.#element.ownerDocument.createElement('div');
    const layers = [image, this.#layer.canvas, this.#overlay.element];
    for (const layer of layers) layer.style.cssText = 'position:absolute;inset:0;width:100%;height:100%';
    this.#layer.canvas.style.pointerEvents = 'none';
    this.#overlay.element.style.pointerEvents = 'none';
    if (getComputedStyle(this.#element).position === 'static') this.#element.style.position = 'relative';
    this.#element.tabIndex = 0;
    this.#element.replaceChildren(...layers);
    return image;
  }

  #observe(): void {
    this.#ending.push(
      this.#store.observe((edit) => {
        if (edit.changes.some((change) => change.field === 'box')) {
          this.#layer.placesChanged();
          this.#visibility = null;
        }
        this.#redraw();
      }),
      this.#selection.subscribe(() => this.#redraw()),
      listenToPointer(this.#element, {
        camera: () => this.#imageViewer.camera,
        tool: () => this.#tools[this.#state.tool],
        onHover: (pointer) => this.#hover(pointer),
        onToolChange: () => this.#redraw(),
      }),
    );
  }

  #beginPreview(preview: CellStore): void {
    this.setTool('select');
    this.#previewLayer = new CanvasCellLayer(this.#element.ownerDocument, preview, this.#image);
    this.#previewLayer.canvas.style.cssText = this.#layer.canvas.style.cssText;
    this.#layer.canvas.before(this.#previewLayer.canvas);
  }

  #hover(pointer: ToolPointer | null): void {
    const cell = pointer ? this.#index.pick(pointer.x, pointer.y, this.#isVisible) : -1;
    if (pointer) this.#element.style.cursor = this.#tools[this.#state.tool].cursor(pointer);
    if (cell === this.#hovered) return;
    this.#hovered = cell;
    for (const listener of this.#hoverListeners) listener(cell);
    this.#redraw();
  }

  #goTo(cell: number): boolean {
    if (cell < 0) return false;
    this.#selection.set([cell]);
    this.#imageViewer.panIntoView(this.#store.boxOf(cell));
    return true;
  }

  #change(part: Partial<SampleViewerState>): void {
    this.#state = { ...this.#state, ...part };
    this.#visibility = null;
    for (const subscriber of this.#subscribers) subscriber();
    this.#redraw();
  }

  get #look(): CellLook {
    const { hiddenTypes, minConfidence, cellsShown } = this.#state;
    return {
      hiddenTypes,
      minConfidence,
      hovered: this.#hovered,
      selected: this.#selection.ids,
      shown: cellsShown,
      reviewedOnly: this.#previewLayer !== null,
    };
  }

  readonly #isVisible = (id: number): boolean => {
    this.#visibility ??= visibilityOf(this.#store.columns, this.#look);
    return this.#visibility(id);
  };

  /** Draws the cells once before the next frame, without drawing the image again. */
  #redraw(): void {
    if (this.#scheduled !== 0) return;
    this.#scheduled = requestAnimationFrame(() => this.#drawCells());
  }

  #drawCells(): void {
    cancelAnimationFrame(this.#scheduled);
    this.#scheduled = 0;
    if (!this.#imageViewer.isOpen) return;
    const startedAt = performance.now();
    const { camera } = this.#imageViewer;
    const look = this.#look;
    const counts = this.#layer.draw(camera, look);
    const tried = { ...look, hovered: -1, selected: new Set<number>(), reviewedOnly: false };
    counts.drawn += this.#previewLayer?.draw(camera, tried).drawn ?? 0;
    this.#overlay.draw(this.#tools[this.#state.tool].preview(1 / camera.scale), camera);
    this.#lastFrame = { ...counts, ms: performance.now() - startedAt };
  }
}

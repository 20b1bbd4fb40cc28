import { DEFAULT_CELL_TYPES } from '../../../core/cell-types.ts';
import { CellStore } from '../../annotation/cell-store.ts';
import { listenToKeys } from '../../annotation/keyboard.ts';
import { Selection } from '../../annotation/selection.ts';
import { UndoHistory } from '../../annotation/undo.ts';
import { runSampleCommand } from '../sample-commands.ts';
import { SampleViewer } from '../sample-viewer.ts';
import { paintField, syntheticField } from './synthetic-cells.ts';

/** What a test finds on the page. */
export interface ViewerUnderTest {
  store: CellStore;
  selection: Selection;
  undo: UndoHistory;
  viewer: SampleViewer;
  /** The painted field at full size. */
  field: CanvasRenderingContext2D;
  /** From packed cells to store, index and viewer, in milliseconds. */
  loadMs: number;
}

declare global {
  interface Window {
    underTest: ViewerUnderTest;
  }
}

const query = new URLSearchParams(location.search);
const read = (name: string, otherwise: number) => Number(query.get(name) ?? otherwise);
const field = syntheticField(read('cells', 1_000), read('width', 2_048), read('height', 1_536));

const canvas = document.createElement('canvas');
canvas.width = field.width;
canvas.height = field.height;
const context = canvas.getContext('2d', { willReadFrequently: true })!;
paintField(context, field);
const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
const url = query.has('broken') ? '/no-such-image.png' : URL.createObjectURL(blob!);
const image = { url, width: field.width, height: field.height };

const element = document.querySelector<HTMLElement>('#viewer')!;
const startedAt = performance.now();
const store = new CellStore({ run: field.cells, annotations: [], cellTypes: DEFAULT_CELL_TYPES });
const selection = new Selection(store);
const undo = new UndoHistory(store);
const viewer = new SampleViewer(element, { image, store, selection });
const loadMs = performance.now() - startedAt;
listenToKeys(
  element,
  () => store.cellTypes,
  (command) => runSampleCommand(command, { store, selection, undo, viewer }),
);
window.underTest = { store, selection, undo, viewer, field: context, loadMs };

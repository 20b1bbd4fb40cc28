import { Worker } from 'node:worker_threads';
import type { CellMix, DemoLavage } from './laboratory.ts';

/** A field as drawn: its picture and, for the demonstration's reader, what is on it. */
export interface DrawnField {
  name: string;
  png: Uint8Array;
  micronsPerPixel: number;
  cells: { x: number; y: number; width: number; height: number; cellType: string }[];
}

export interface FieldOrder {
  name: string;
  seed: number;
  width: number;
  height: number;
  cells: number;
  mix: CellMix;
}

const FIELD = { width: 1280, height: 960 };

export interface FieldDrawing extends Disposable {
  /** The fields of one lavage. */
  draw(lavage: DemoLavage, at: number): Promise<DrawnField[]>;
}

/** Draws in a thread of its own, so that the API goes on answering. */
export function openFieldDrawing(fieldsPerLavage: number): FieldDrawing {
  const thread = new Worker(new URL('./draw-fields-thread.ts', import.meta.url));
  return {
    draw: (lavage, at) => {
      const orders = Array.from(
        { length: fieldsPerLavage },
        (_, field): FieldOrder => ({
          name: `${lavage.accessionNumber}-field-${field + 1}.png`,
          seed: at * 100 + field + 1,
          cells: lavage.cellsPerField,
          mix: lavage.mix,
          ...FIELD,
        }),
      );
      return new Promise((resolve, reject) => {
        thread.once('message', resolve);
        thread.once('error', reject);
        thread.postMessage(orders);
      });
    },
    [Symbol.dispose]: () => void thread.terminate(),
  };
}

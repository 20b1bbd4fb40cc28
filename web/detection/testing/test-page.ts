import { encodePackedCells } from '../../../core/detection/packed-cells.ts';
import type { ParameterValues } from '../detection-messages.ts';
import { startPreviewWorker } from '../preview-worker.ts';

declare global {
  interface Window {
    /** Opens an image file in the worker and answers the packed cells of each set of parameters, in base64. */
    detect: (image: ImageFile, values: readonly ParameterValues[]) => Promise<WorkerAnswers>;
  }
}

interface ImageFile {
  base64: string;
  width: number;
  height: number;
}

export interface WorkerAnswers {
  decodedWidth: number;
  decodeMs: number;
  cells: string[];
  ms: number[];
}

window.detect = async ({ base64, width, height }, values) => {
  const bytes = await (await fetch(`data:application/octet-stream;base64,${base64}`)).blob();
  const url = URL.createObjectURL(bytes);
  const worker = startPreviewWorker();
  const opened = await worker.open({ url, width, height, micronsPerPixel: null });
  const answers: WorkerAnswers = { decodedWidth: opened.width, decodeMs: opened.decodeMs, cells: [], ms: [] };
  for (const parameters of values) {
    const { cells, ms } = await worker.detect(parameters);
    answers.cells.push(base64Of(encodePackedCells(cells)));
    answers.ms.push(ms);
  }
  worker.close();
  return answers;
};

function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

import { decodePackedCells, type PackedCells } from '../../core/detection/packed-cells.ts';
import type {
  OpenedImage,
  ParameterValues,
  ShownImage,
  WorkerPreview,
  WorkerReply,
  WorkerRequest,
} from './detection-messages.ts';

export type Preview = Omit<WorkerPreview, 'cells'> & { cells: PackedCells };

/** Detection in a worker, as the page sees it. */
export interface PreviewWorker {
  open(image: ShownImage): Promise<OpenedImage>;
  /** @throws Error naming a parameter that does not fit, or saying why there is no image */
  detect(parameters: ParameterValues): Promise<Preview>;
  close(): void;
}

interface Waiting {
  resolve: (reply: WorkerReply) => void;
  reject: (error: Error) => void;
}

/** Starts the worker; its code is fetched with the first one. */
export function startPreviewWorker(): PreviewWorker {
  const worker = new Worker(new URL('./detection-worker.ts', import.meta.url), { type: 'module' });
  const waiting: Waiting[] = [];
  worker.onmessage = ({ data: reply }: MessageEvent<WorkerReply>) => {
    const request = waiting.shift();
    if (reply.kind === 'failed') request?.reject(new Error(reply.message));
    else request?.resolve(reply);
  };
  worker.onerror = () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('the preview could not be started'));
  };
  const ask = (request: WorkerRequest) =>
    new Promise<WorkerReply>((resolve, reject) => {
      waiting.push({ resolve, reject });
      worker.postMessage(request);
    });
  return {
    async open(image) {
      const reply = await ask({ kind: 'open', image });
      if (reply.kind !== 'opened') throw new Error('the preview answered out of turn');
      return reply.image;
    },
    async detect(parameters) {
      const reply = await ask({ kind: 'detect', parameters });
      if (reply.kind !== 'cells') throw new Error('the preview answered out of turn');
      return { ...reply.preview, cells: decodePackedCells(reply.preview.cells) };
    },
    close: () => worker.terminate(),
  };
}

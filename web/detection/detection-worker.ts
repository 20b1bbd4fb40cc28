// Detection for the parameter panel, off the page's own thread: the same core as on the server.
import { decodeShownImage } from './decode-shown-image.ts';
import type { ShownImage, WorkerReply, WorkerRequest } from './detection-messages.ts';
import { PreviewEngine } from './preview-engine.ts';

/** What of a worker's global scope is used; the page's types know only windows. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerRequest>) => void) | null;
  postMessage(reply: WorkerReply, transfer: Transferable[]): void;
}
const scope = globalThis as unknown as WorkerScope;
let engine: Promise<PreviewEngine> = Promise.reject(new Error('no image was opened'));
engine.catch(() => {});

scope.onmessage = async ({ data: request }) => {
  try {
    const [reply, transfer] = await answer(request);
    scope.postMessage(reply, transfer);
  } catch (error) {
    scope.postMessage(
      { kind: 'failed', message: error instanceof Error ? error.message : String(error) },
      [],
    );
  }
};

async function answer(request: WorkerRequest): Promise<[WorkerReply, Transferable[]]> {
  if (request.kind === 'open') return [await open(request.image), []];
  const preview = (await engine).detect(request.parameters);
  return [{ kind: 'cells', preview }, [preview.cells.buffer]];
}

async function open(shown: ShownImage): Promise<WorkerReply> {
  const startedAt = performance.now();
  const decoded = decodeShownImage(shown);
  engine = decoded.then((image) => new PreviewEngine(image, shown));
  await engine;
  const { width, height } = await decoded;
  return { kind: 'opened', image: { width, height, decodeMs: performance.now() - startedAt } };
}

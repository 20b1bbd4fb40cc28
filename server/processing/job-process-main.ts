// A job process: opens images that strangers made, and nothing else. It has limits, no secrets and no database;
// whatever happens here, only the one job fails.
import process from 'node:process';
import sharp from 'sharp';
import { createKernels } from '../../core/detection/kernels/create-kernels.ts';
import { checkImage } from './check-image.ts';
import { makeCachedDetection } from './detect-image.ts';
import {
  ImageRefusal,
  type ImageTasks,
  type ProgressMessage,
  type ReplyMessage,
  saysOutOfMemory,
  type TaskMessage,
  type TaskName,
} from './image-tasks.ts';
import { processImage, renderImage, type TellProgress } from './process-image.ts';

const PROGRESS_EVERY_MS = 1000;

const cacheBytes = Number(process.argv[2]);
const kernels = createKernels();
// Several such processes run side by side; each gets one core.
sharp.concurrency(1);

const tasks: {
  [Name in TaskName]: (
    request: ImageTasks[Name]['request'],
    tell: TellProgress,
  ) => Promise<ImageTasks[Name]['reply']>;
} = {
  check: checkImage,
  detect: makeCachedDetection(cacheBytes, kernels),
  process: (request, tell) => processImage(request, kernels, tell),
  render: renderImage,
};

process.on('disconnect', () => process.exit());
process.on('message', async ({ id, task, request }: TaskMessage) => {
  const outcome = await outcomeOf(() => tasks[task](request as never, progressOf(id)));
  const { user, system } = process.cpuUsage();
  process.send?.({ id, cpuMs: (user + system) / 1000, outcome } satisfies ReplyMessage);
});

/** Passes progress on, about once a second. */
function progressOf(id: number): TellProgress {
  let toldAt = performance.now();
  return (progress) => {
    if (performance.now() - toldAt < PROGRESS_EVERY_MS) return;
    toldAt = performance.now();
    process.send?.({ id, progress } satisfies ProgressMessage);
  };
}

async function outcomeOf(work: () => Promise<unknown>): Promise<ReplyMessage['outcome']> {
  try {
    return { kind: 'done', value: await work() };
  } catch (error) {
    if (error instanceof ImageRefusal) return { kind: 'refused', code: error.code, message: error.message };
    // Ending gives all memory back; the parent reads the reason.
    if (error instanceof Error && saysOutOfMemory(error.message)) throw error;
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

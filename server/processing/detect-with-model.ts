import type { CellNaming } from '../model/cell-naming.ts';
import type { Model, ModelAnswer } from '../model/model.ts';
import { ModelError } from '../platform/model-endpoint.ts';
import { ImageRefusal, type RenderedImage } from './image-tasks.ts';

interface ModelDetection {
  /** Answers the image as it is shown, upright and without metadata: that is what the model sees. */
  render: () => Promise<RenderedImage>;
  naming: CellNaming;
  signal?: AbortSignal;
}

export interface ModelRun {
  image: RenderedImage;
  answer: ModelAnswer;
  durationMs: number;
}

interface ModelNotUsed {
  /** A sentence for users. */
  fallbackReason: string;
  cause?: Error;
}

/**
 * Has a remote model find the cells of an image.
 * @returns instead of an answer the reason why our own detection has to serve
 * @throws TaskFailure, or the signal's reason
 */
export async function detectWithModel(
  model: Model | undefined,
  { render, naming, signal }: ModelDetection,
): Promise<ModelRun | ModelNotUsed> {
  if (!model) return { fallbackReason: 'This server has no model (MODEL_API_URL is not set).' };
  try {
    const image = await render();
    const startedAt = performance.now();
    const answer = await model.findCells({ ...image, jpeg: image.display }, naming, signal);
    return { image, answer, durationMs: Math.round(performance.now() - startedAt) };
  } catch (error) {
    if (!(error instanceof ModelError || error instanceof ImageRefusal)) throw error;
    return { fallbackReason: error.message, cause: error };
  }
}

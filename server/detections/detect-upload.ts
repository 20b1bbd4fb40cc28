import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { v7 } from 'uuid';
import { z } from 'zod';
import { DetectionEngine } from '../../contract/cells.ts';
import { AppError } from '../errors.ts';
import { asFormRefusal } from '../http/form-refusal.ts';
import { checkEngine } from '../model/check-detection.ts';
import { type DetectionDependencies, type Parameters, sourceOf } from './detect-sample.ts';

const Fields = z.strictObject({
  engine: DetectionEngine.optional(),
  microns_per_pixel: z.coerce.number<string>().positive().max(100).optional(),
  parameters: z
    .string()
    .optional()
    .transform((text, context) => parseJson(text, context))
    .pipe(z.record(z.string().max(40), z.union([z.number(), z.string().max(40)])).optional()),
});

/**
 * Finds the cells of an image that comes along as a form; neither image nor cells are kept.
 * @throws AppError as `receiveUpload` of samples and `detectSample`
 */
export async function detectUpload(
  deps: DetectionDependencies,
  request: FastifyRequest,
  abandoned: AbortSignal,
) {
  const { objects, imageJobs } = deps;
  // Named like an object of a sample, so that one left behind by a crash is swept like any other orphan.
  const key = `samples/${v7()}/detection`;
  try {
    const { engine, parameters, micronsPerPixel } = await receive(deps, request, key).catch((error) => {
      throw asFormRefusal(error, 1);
    });
    checkEngine(imageJobs.engines, { engine, parameters });
    const source = await sourceOf(objects, key);
    await imageJobs.check(source);
    return await imageJobs.detect({ source, engine, parameters, micronsPerPixel, abandoned });
  } finally {
    await objects.remove(key);
  }
}

async function receive(deps: DetectionDependencies, request: FastifyRequest, key: string) {
  const sent: Record<string, unknown> = {};
  let hasFile = false;
  for await (const part of request.parts()) {
    if (part.type === 'field') sent[part.fieldname] = part.value;
    else if (part.fieldname === 'file' && !hasFile) {
      hasFile = true;
      await store(deps, part, key);
    } else throw new AppError('validation_failed', 'Send one image, in one part named file.');
  }
  if (!hasFile) throw new AppError('validation_failed', 'Send the image in a part named file.');
  const parsed = Fields.safeParse(sent);
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    throw new AppError(
      'validation_failed',
      errors.map(({ path, message }) => `${path}: ${message}`).join('; '),
      { errors },
    );
  }
  const { engine = 'tree', parameters = {}, microns_per_pixel: micronsPerPixel } = parsed.data;
  return { engine, parameters: parameters as Parameters, micronsPerPixel };
}

async function store({ config, objects }: DetectionDependencies, part: MultipartFile, key: string) {
  const { uploadBytes } = config.limits;
  await objects.put(key, part.file, { maxBytes: uploadBytes + 1 });
  if (!part.file.truncated) return;
  const most = Math.floor(uploadBytes / 1024 / 1024);
  throw new AppError(
    'payload_too_large',
    `The file is larger than ${most} MB. Save it with a stronger compression.`,
  );
}

function parseJson(text: string | undefined, context: z.RefinementCtx): unknown {
  if (text === undefined || text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' });
    return z.NEVER;
  }
}

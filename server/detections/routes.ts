import type { FastifyReply, FastifyRequest } from 'fastify';
import { caseConverter } from '../../contract/casing.ts';
import { cellRoutes } from '../../contract/cells.ts';
import { MODEL_ENGINE } from '../../core/detection/engine-choice.ts';
import { DETECTION_PARAMETERS } from '../../core/detection/parameters.ts';
import type { Caller } from '../auth/caller.ts';
import { AppError } from '../errors.ts';
import { abandonedSignal } from '../http/abandoned.ts';
import type { Handlers } from '../http/mount.ts';
import {
  type DetectionDependencies,
  detectSample,
  type Parameters,
  type SampleDetection,
} from './detect-sample.ts';
import { detectUpload } from './detect-upload.ts';
import { limitInFlight } from './limit-in-flight.ts';
import { listPresets, removePreset, savePreset } from './presets.ts';
import { findLatestCells } from './queries.ts';

const MOST_DETECTIONS_AT_ONCE = 4;

export function cellHandlers(deps: DetectionDependencies): Handlers<keyof typeof cellRoutes> {
  const limit = limitInFlight(MOST_DETECTIONS_AT_ONCE);
  return {
    detectionParameters: async () => ({
      engines: [...deps.imageJobs.engines],
      parameters: DETECTION_PARAMETERS.map(
        ({ name, unit, default: usual, min, max, step, choices, description, engines, presets }) => ({
          name,
          unit,
          default: usual,
          min: min ?? null,
          max: max ?? null,
          step: step ?? null,
          choices: choices ? [...choices] : null,
          description,
          engines: [...engines],
          presets: presets ?? null,
        }),
      ),
    }),
    detectCells: async ({ caller, request, reply }) => {
      const abandoned = abandonedSignal(reply);
      return limit(caller, abandoned, () =>
        request.isMultipart()
          ? detectUpload(deps, request, abandoned)
          : detectSample(deps, caller, parseBody(request), abandoned),
      );
    },
    dynamicDetect: async ({ caller, query: { sampleId, engine, ...query }, reply }) => {
      if (engine === MODEL_ENGINE) {
        throw new AppError(
          'validation_failed',
          'engine: a model has no parameters that could be changed; use POST /cells/detect, or engine tree or opencv',
        );
      }
      const abandoned = abandonedSignal(reply);
      const wanted = { sampleId, engine, parameters: query as Parameters, isLive: true };
      return limit(caller, abandoned, () => detectSample(deps, caller, wanted, abandoned));
    },
    detectionPresets: ({ caller, params }) => listPresets(deps.database.db, caller, params.id),
    saveDetectionPreset: ({ caller, params, body }) => savePreset(deps.database, caller, params.id, body),
    removeDetectionPreset: ({ caller, params, query }) =>
      removePreset(deps.database, caller, params.id, query.name),
    sampleCells: async ({ caller, params: { jobId }, request, reply }) => {
      await sendCells(deps, caller, { jobId, request, reply });
      return undefined;
    },
  };
}

const { body: DetectBody } = cellRoutes.detectCells;
const toCamel = caseConverter(DetectBody, 'camel');

function parseBody(request: FastifyRequest): SampleDetection {
  const parsed = DetectBody.safeParse(request.body);
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    throw new AppError(
      'validation_failed',
      errors.map(({ path, message }) => `${path}: ${message}`).join('; '),
      { errors },
    );
  }
  return toCamel(parsed.data) as SampleDetection;
}

/** The stored bytes as they are; a viewer that has this run already is told so. */
async function sendCells(
  { database }: DetectionDependencies,
  caller: Caller,
  { jobId, request, reply }: { jobId: string; request: FastifyRequest; reply: FastifyReply },
): Promise<void> {
  const found = await findLatestCells(database.db, caller, jobId);
  if (!found) throw new AppError('not_found', 'There is no such sample.');
  if (!found.runId || !found.cells) throw new AppError('not_found', 'The sample has not been processed yet.');
  const etag = `"${found.runId}"`;
  reply.headers({ etag, 'x-run-id': found.runId, 'cache-control': 'private, no-cache' });
  if (request.headers['if-none-match'] === etag) reply.code(304).send();
  else reply.type('application/octet-stream').send(Buffer.from(found.cells));
}

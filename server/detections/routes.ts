import type { FastifyReply, FastifyRequest } from 'fastify';
import { caseConverter } from '../../contract/casing.ts';
import { cellRoutes } from '../../contract/cells.ts';
import { MODEL_ENGINE } from '../../core/detection/engine-choice.ts';
import { DETECTION_PARAMETERS } from '../../core/detection/parameters.ts';
import type { ReadLog } from '../activity/read-log.ts';
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

type Dependencies = DetectionDependencies & { reads: ReadLog };

export function cellHandlers(deps: Dependencies): Handlers<keyof typeof cellRoutes> {
  const limit = limitInFlight(MOST_DETECTIONS_AT_ONCE);
  const detect = async (caller: Caller, wanted: SampleDetection, abandoned: AbortSignal) => {
    const detected = await detectSample(deps, caller, wanted, abandoned);
    await deps.reads.note(caller, {
      activityType: 'cells.detect',
      description: 'Had the cells of an image found again, for a look',
      entityType: 'sample',
      entityId: wanted.sampleId,
    });
    return detected;
  };
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
          : detect(caller, parseBody(request), abandoned),
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
      return limit(caller, abandoned, () => detect(caller, wanted, abandoned));
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
  { database, reads }: Dependencies,
  caller: Caller,
  { jobId, request, reply }: { jobId: string; request: FastifyRequest; reply: FastifyReply },
): Promise<void> {
  const found = await findLatestCells(database.db, caller, jobId);
  if (!found) throw new AppError('not_found', 'There is no such sample.');
  if (!found.runId || !found.cells) throw new AppError('not_found', 'The sample has not been processed yet.');
  await reads.note(caller, {
    activityType: 'cells.read',
    description: 'Read the cells found in an image',
    entityType: 'sample',
    entityId: jobId,
  });
  const etag = `"${found.runId}"`;
  reply.headers({ etag, 'x-run-id': found.runId, 'cache-control': 'private, no-cache' });
  if (request.headers['if-none-match'] === etag) reply.code(304).send();
  else reply.type('application/octet-stream').send(Buffer.from(found.cells));
}

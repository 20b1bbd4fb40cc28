import { z } from 'zod';
import { Box, CellCounts, Id, IdParams, JobIdParams, Text } from './common.ts';
import { ALL_ROLES, defineRoutes, READERS } from './route.ts';

const ParameterValue = z.union([z.number(), z.string().max(40)]);

/** Detection parameters by their names in `GET /cells/parameters`. */
export const Parameters = z.record(z.string().max(40), ParameterValue);

const PresetName = Text(60);

/** What the laboratory of a lavage starts detection from, and its presets. */
const DetectionPresets = z.object({
  settings_version: z.number().int(),
  laboratory: z.string(),
  /** Those that differ from the engine's defaults. */
  defaults: Parameters,
  presets: z.array(z.object({ name: PresetName, parameters: Parameters })),
});

/** Where the working scale of a detection came from. */
export const ScaleSource = z.enum(['microns_per_pixel', 'estimated', 'given', 'default']);

/**
 * tree: our own. opencv: on the server and for lavage fields only. model: a remote one, where the operator has set
 * MODEL_API_URL; it takes no parameters.
 */
export const DetectionEngine = z.enum(['tree', 'opencv', 'model']);

export const DetectionResult = z.object({
  width: z.number().int(),
  height: z.number().int(),
  cells: z.array(
    Box.extend({
      cell_type: z.string(),
      confidence: z.number(),
      /** The two most probable types lie too close together to tell. */
      uncertain: z.boolean(),
      nucleus: z.object({
        x: z.number(),
        y: z.number(),
        area_px: z.number(),
        outline: z.array(z.tuple([z.number(), z.number()])),
      }),
    }),
  ),
  counts: CellCounts,
  parameters: z.record(z.string(), ParameterValue),
  engine: z.string(),
  version: z.string(),
  /** Why `tree` found the cells although `model` should have; null otherwise. */
  fallback_reason: z.string().nullable(),
  /** Image pixels per working pixel, and where that came from; null where a remote model found the cells. */
  downscale: z.number().nullable(),
  scale_source: ScaleSource.nullable(),
  timing_ms: z.object({ decode: z.number(), detect: z.number(), cached: z.boolean() }),
});

const tag = 'Cells';

/** What may keep cells from being found, however the image came. */
const DETECTION_ERRORS = [
  'not_found',
  'unsupported_image',
  'damaged_image',
  'image_too_large',
  'detection_failed',
  'unavailable',
  'rate_limited',
] as const;

export const cellRoutes = defineRoutes({
  detectionParameters: {
    method: 'GET',
    path: '/cells/parameters',
    summary: 'Names, units, defaults and ranges of the detection parameters',
    tag,
    access: ALL_ROLES,
    response: z.object({
      engines: z.array(z.string()),
      parameters: z.array(
        z.object({
          name: z.string(),
          unit: z.string(),
          default: ParameterValue,
          min: z.number().nullable(),
          max: z.number().nullable(),
          step: z.number().nullable(),
          choices: z.array(z.string()).nullable(),
          description: z.string(),
          engines: z.array(z.string()),
          /** Defaults that differ under a value of the parameter `preset`. */
          presets: Parameters.nullable(),
        }),
      ),
    }),
  },
  detectCells: {
    method: 'POST',
    path: '/cells/detect',
    summary: 'Find the cells of a sample or of an image sent along',
    tag,
    access: ALL_ROLES,
    consumes: 'json-or-multipart',
    body: z.strictObject({
      sample_id: Id,
      parameters: Parameters.optional(),
      engine: DetectionEngine.optional(),
      save: z.literal(false).optional(),
    }),
    response: DetectionResult,
    errors: [
      ...DETECTION_ERRORS,
      'payload_too_large',
      'unsupported_media_type',
      'bad_request',
      'storage_full',
    ],
  },
  dynamicDetect: {
    method: 'GET',
    path: '/cells/dynamic-detect',
    summary:
      'Find the cells with changed parameters, from the cached image; nothing is saved. Not with engine model',
    tag,
    access: ALL_ROLES,
    query: z.object({ sample_id: Id, engine: DetectionEngine.optional() }).catchall(z.string().max(40)),
    response: DetectionResult,
    errors: DETECTION_ERRORS,
  },
  detectionPresets: {
    method: 'GET',
    path: '/lavages/:id/detection-presets',
    summary: 'What the laboratory of a lavage starts detection from, and its presets',
    tag,
    access: ALL_ROLES,
    params: IdParams,
    response: DetectionPresets,
    errors: ['not_found'],
  },
  saveDetectionPreset: {
    method: 'PUT',
    path: '/lavages/:id/detection-presets',
    summary: 'Save parameters under a name for the laboratory of a lavage; one of that name is replaced',
    tag,
    access: READERS,
    params: IdParams,
    body: z.strictObject({ name: PresetName, parameters: Parameters }),
    response: DetectionPresets,
    errors: ['not_found', 'conflict'],
  },
  removeDetectionPreset: {
    method: 'DELETE',
    path: '/lavages/:id/detection-presets',
    summary: 'Take a preset from the laboratory of a lavage; runs made with it keep their parameters',
    tag,
    access: READERS,
    params: IdParams,
    query: z.strictObject({ name: PresetName }),
    response: DetectionPresets,
    errors: ['not_found'],
  },
  sampleCells: {
    method: 'GET',
    path: '/samples/:job_id/cells',
    summary:
      "The latest run's cells as packed arrays (application/octet-stream); the caller's annotations come from /annotations",
    tag,
    access: ALL_ROLES,
    params: JobIdParams,
    response: 'binary',
    alsoAnswers: [304],
    errors: ['not_found'],
  },
});

import { z } from 'zod';
import { Id, Named, Text, Timestamp, Version } from './common.ts';
import { ADMINISTRATION, defineRoutes } from './route.ts';

const Code = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'letters, digits and hyphens');
const Percent = z.number().min(0).max(100);
const Parameters = z.record(z.string().max(64), z.union([z.number(), z.string().max(64)]));

const CellType = z.strictObject({
  code: Code,
  name: Text(80),
  color: z.string().regex(/^#[0-9a-f]{6}$/, 'a colour such as #0072b2'),
  /** Assigns the type while reading; empty for none. */
  key: z.string().regex(/^[0-9a-z]?$/, 'one digit or small letter, or nothing'),
  immune: z.boolean(),
  nucleated: z.boolean(),
});

const ReferenceRange = z.strictObject({
  cell_type: Code,
  smoking_status: z.enum(['never', 'former', 'current', 'unknown']).optional(),
  lower_percent: Percent.nullable(),
  upper_percent: Percent.nullable(),
  flag_low: z.boolean(),
  source: Text(300),
});

const Measurement = z.enum(['cd4Cd8', 'siderophagePercent']);

const RuleCondition = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('share'), cell_type: Code, above_percent: Percent }),
  z.strictObject({ kind: z.literal('counted'), cell_type: Code, at_least: z.number().int().min(1) }),
  z.strictObject({
    kind: z.literal('measured'),
    measurement: Measurement,
    comparison: z.enum(['>', '≥']),
    threshold: z.number().min(0),
  }),
  z.strictObject({ kind: z.literal('missing'), measurement: Measurement }),
]);

const Diagnosis = z.strictObject({ code: Text(40), name: Text(200), system: Text(40), version: Text(40) });

/** Everything a laboratory sets. Every number of medicine carries its source. */
export const Settings = z.strictObject({
  locale: z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'a language such as en-GB'),
  count_target: z.number().int().min(200).max(1000),
  two_edge_rule: z.boolean(),
  cell_types: z.array(CellType).min(1).max(60),
  reference_ranges: z.array(ReferenceRange).max(200),
  adequacy: z.strictObject({
    epithelial_max_percent: Percent,
    macrophages_per_mm2_min: z.number().min(0).max(1e6).nullable(),
  }),
  rules: z
    .array(
      z.strictObject({
        code: Code,
        conditions: z.array(RuleCondition).min(1).max(10),
        reads_as: Text(300),
        source: Text(300),
      }),
    )
    .max(100),
  diagnoses: z.array(Diagnosis).min(1).max(500),
  /** Detection parameters, and `engine`, that differ from the defaults. */
  detection: Parameters,
  model_labels: z.record(z.string().max(100), Code).optional(),
  detection_presets: z
    .array(z.strictObject({ name: Text(80), parameters: Parameters }))
    .max(50)
    .optional(),
});

export const VersionedSettings = z.object({
  version: Version,
  laboratory: Named,
  created_at: Timestamp,
  settings: Settings,
});

/** By default the administrator's own, else the first. */
const OfLaboratory = z.strictObject({ laboratory_id: Id.optional() });

export const settingsRoutes = defineRoutes({
  getSettings: {
    ...ADMINISTRATION,
    method: 'GET',
    path: '/admin/settings',
    summary: "A laboratory's settings as new readings use them",
    query: OfLaboratory,
    response: VersionedSettings,
    errors: ['not_found'],
  },
  replaceSettings: {
    ...ADMINISTRATION,
    method: 'PUT',
    path: '/admin/settings',
    summary: 'Make a new version of the settings; readings and reports keep the version they began with',
    query: OfLaboratory,
    body: Settings,
    response: VersionedSettings,
    versioned: true,
    errors: ['not_found', 'stale_version'],
  },
});

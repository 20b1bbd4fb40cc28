import { z } from 'zod';
import { Id, IdParams } from './common.ts';
import { ALL_ROLES, defineRoutes } from './route.ts';

const Interval = z.object({ lower_percent: z.number(), upper_percent: z.number() });
const Outcome = z.enum(['pass', 'limited', 'fail', 'not_assessable']);

/** One line of the differential table. `percent` is null while nothing was counted. */
const DifferentialRow = z.object({
  cell_type: z.string(),
  name: z.string(),
  color: z.string(),
  count: z.number().int(),
  /** Share of immune cells; null for types outside that denominator. */
  percent_immune: z.number().nullable(),
  /** Wilson 95 %: counting error only. */
  interval_immune: Interval.nullable(),
  percent_nucleated: z.number().nullable(),
  interval_nucleated: Interval.nullable(),
  reference: z
    .object({ lower: z.number().nullable(), upper: z.number().nullable(), source: z.string() })
    .nullable(),
  flag: z.enum(['high', 'low']).nullable(),
  /** The flag's threshold lies inside the interval: counting more would settle it. */
  uncertain: z.boolean(),
  /** Further immune cells, at the present share, that would take the nearest threshold out of the interval; null when settled or out of reach. */
  cells_to_settle: z.number().int().nullable(),
  /** Lowest and highest share among the fields with at least 20 immune cells. */
  spread_between_fields: z
    .object({ lowest_percent: z.number(), highest_percent: z.number(), fields: z.number().int() })
    .nullable(),
});

export const Differential = z.object({
  lavage_id: Id,
  settings_version: z.number().int(),
  reading_id: Id.nullable(),
  /** Immune cells counted, the differential's denominator. */
  immune_count: z.number().int(),
  nucleated_count: z.number().int(),
  unclassified_count: z.number().int(),
  count_target: z.number().int(),
  cells_still_needed: z.number().int(),
  fields: z.object({
    total: z.number().int(),
    complete: z.number().int(),
    excluded: z.number().int(),
    unread: z.number().int(),
  }),
  rows: z.array(DifferentialRow),
  adequacy: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      outcome: Outcome,
      detail: z.string(),
      source: z.string(),
    }),
  ),
  rules: z.array(
    z.object({
      code: z.string(),
      outcome: z.enum(['fires', 'does_not_fire', 'not_assessable']),
      finding: z.string(),
      reads_as: z.string(),
      /** The numbers compared, in words. */
      detail: z.string(),
      /** The counting error reaches across a threshold of this rule. */
      uncertain: z.boolean(),
      source: z.string(),
    }),
  ),
});

export const differentialRoutes = defineRoutes({
  getDifferential: {
    method: 'GET',
    path: '/lavages/:id/differential',
    summary: 'The differential of a lavage from a reading, with its uncertainty',
    tag: 'Readings',
    access: ALL_ROLES,
    params: IdParams,
    query: z.strictObject({ reading_id: Id.optional() }),
    response: Differential,
    errors: ['not_found'],
  },
});

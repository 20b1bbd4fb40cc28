import { z } from 'zod';
import { Box, CellCounts, Id, IdParams, Named } from './common.ts';
import { defineRoutes, READERS } from './route.ts';

export const agreementRoutes = defineRoutes({
  getAgreement: {
    method: 'GET',
    path: '/lavages/:id/agreement',
    summary: 'How far the readings of a lavage that the caller may see agree, cell by cell',
    tag: 'Readings',
    access: READERS,
    params: IdParams,
    response: z.object({
      readings: z.array(
        z.object({ id: Id, reader: Named, status: z.enum(['open', 'closed']), counts: CellCounts }),
      ),
      /** Each reading with each later one, in the fields that both marked complete. */
      pairs: z.array(
        z.object({
          first_reading_id: Id,
          second_reading_id: Id,
          fields: z.number().int(),
          matched: z.number().int(),
          alike: z.number().int(),
          only_first: z.number().int(),
          only_second: z.number().int(),
          /** Cohen's kappa over the matched cells. */
          kappa: z.number().nullable(),
          /** Its 95 % interval, the counting error only; null where the cells do not tell. */
          kappa_interval: z.object({ lower: z.number(), upper: z.number() }).nullable(),
          /** The matched cells by what each reader called them, those alike too. */
          confusion: z.array(z.object({ first: z.string(), second: z.string(), count: z.number().int() })),
          /** The first thousand. */
          discordant: z.array(
            z.object({
              sample_id: Id,
              box: Box,
              first: z.string().nullable(),
              second: z.string().nullable(),
            }),
          ),
        }),
      ),
    }),
    errors: ['not_found'],
  },
});

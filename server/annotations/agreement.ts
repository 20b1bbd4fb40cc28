import { agreementOf } from '../../core/agreement/agreement.ts';
import { countLavage } from '../../core/differential/count.ts';
import type { Caller } from '../auth/caller.ts';
import { AppError } from '../errors.ts';
import { type CellSource, readCells } from './differential.ts';
import { findLavage, listReadings } from './reading-queries.ts';

/** Every pair of these is compared. */
const MOST_READINGS = 6;
const MOST_DISCORDANT = 1000;

/** Compares the readings of a lavage that the caller may see, under the settings of the first of each pair. */
export async function getAgreement(source: CellSource, caller: Caller, lavageId: string) {
  const lavage = await findLavage(source.db, caller, lavageId);
  if (!lavage) throw new AppError('not_found', 'There is no such lavage.');
  const readings = (await listReadings(source.db, caller, lavageId)).slice(0, MOST_READINGS);
  const read = await Promise.all(
    readings.map(async (reading) => ({ ...(await readCells(source, lavage, reading)), reading })),
  );
  return {
    readings: read.map(({ reading, fields, settings }) => ({
      id: reading.id,
      reader: reading.reader,
      status: reading.status,
      counts: [...countLavage(fields, settings).byType].map(([cellType, count]) => ({ cellType, count })),
    })),
    pairs: read.flatMap((first, at) =>
      read.slice(at + 1).map((second) => {
        const { discordant, ...agreement } = agreementOf(first.fields, second.fields, first.settings);
        return {
          firstReadingId: first.reading.id,
          secondReadingId: second.reading.id,
          ...agreement,
          discordant: discordant.slice(0, MOST_DISCORDANT),
        };
      }),
    ),
  };
}

import type { Fault } from './fault.ts';

const rows: readonly [name: string, row: string, rounds: number, where: string][] = [
  ['object-store-gone', 'object store gone (proxy resets)', 5, 'needs s3-sqs'],
  ['queue-gone', 'queue gone at enqueue (refuse sends)', 5, 'needs s3-sqs'],
  ['waiting-jobs', '10,000 waiting jobs with 1, 2, 4 workers', 1, 'measured by a benchmark of its own'],
  ['backup-restore', 'backup, wipe, restore', 1, 'goes with the commands for backup and restore'],
];

/** Rows of the table that are not tried here, so that the printed table is whole and says why. */
export const triedElsewhere: readonly Fault[] = rows.map(([name, row, rounds, where]) => ({
  name,
  row,
  rounds,
  obstacle: () => where,
  run: async () => {},
}));

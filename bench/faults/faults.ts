import { apiDiesInUpload } from './api-dies-in-upload.ts';
import { concurrentEdits } from './concurrent-edits.ts';
import { databaseGone } from './database-gone.ts';
import { databaseRestarts } from './database-restarts.ts';
import type { Fault } from './fault.ts';
import { messagesDoubled, poisonMessages } from './messages.ts';
import { migrationKilled } from './migration-killed.ts';
import { randomRestarts } from './random-restarts.ts';
import { sigtermUnderLoad } from './sigterm-under-load.ts';
import { workerDies } from './worker-dies.ts';
import { workerSleeps } from './worker-sleeps.ts';

/** In the order of the table. */
export const faults: readonly Fault[] = [
  apiDiesInUpload,
  workerDies,
  workerSleeps,
  databaseRestarts,
  databaseGone,
  messagesDoubled,
  poisonMessages,
  concurrentEdits,
  sigtermUnderLoad,
  randomRestarts,
  migrationKilled,
];

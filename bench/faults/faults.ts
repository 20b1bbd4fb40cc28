import { apiDiesInTusUpload } from './api-dies-in-tus-upload.ts';
import { apiDiesInUpload } from './api-dies-in-upload.ts';
import { backupRestore } from './backup-restore.ts';
import { clockSkew } from './clock-skew.ts';
import { concurrentEdits } from './concurrent-edits.ts';
import { databaseGone } from './database-gone.ts';
import { databaseRestarts } from './database-restarts.ts';
import { databaseDiskFull, imagesDiskFull } from './disk-full.ts';
import type { Fault } from './fault.ts';
import { fewDescriptors } from './few-descriptors.ts';
import { hostileImages } from './hostile-images.ts';
import { memoryLimit } from './memory-limit.ts';
import { messagesDoubled, poisonMessages } from './messages.ts';
import { migrationKilled } from './migration-killed.ts';
import { modelMisbehaves } from './model-misbehaves.ts';
import { objectStoreGone } from './object-store-gone.ts';
import { queueGone } from './queue-gone.ts';
import { randomRestarts } from './random-restarts.ts';
import { sigtermUnderLoad } from './sigterm-under-load.ts';
import { slowClients } from './slow-clients.ts';
import { versionsSideBySide } from './versions-side-by-side.ts';
import { waitingJobs } from './waiting-jobs.ts';
import { workerDies } from './worker-dies.ts';
import { workerSleeps } from './worker-sleeps.ts';

/** In the order of the table. */
export const faults: readonly Fault[] = [
  apiDiesInUpload,
  apiDiesInTusUpload,
  workerDies,
  workerSleeps,
  databaseRestarts,
  databaseGone,
  objectStoreGone,
  queueGone,
  messagesDoubled,
  poisonMessages,
  modelMisbehaves,
  hostileImages,
  imagesDiskFull,
  databaseDiskFull,
  clockSkew,
  concurrentEdits,
  slowClients,
  sigtermUnderLoad,
  randomRestarts,
  waitingJobs,
  memoryLimit,
  fewDescriptors,
  migrationKilled,
  versionsSideBySide,
  backupRestore,
];

import { apiDiesInUpload } from './api-dies-in-upload.ts';
import { databaseRestarts } from './database-restarts.ts';
import type { Fault } from './fault.ts';
import { workerDies } from './worker-dies.ts';

/** In the order of the table. */
export const faults: readonly Fault[] = [apiDiesInUpload, workerDies, databaseRestarts];

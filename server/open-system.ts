import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type NotedHead, verifyActivities } from './activity/verify-activities.ts';
import { openCheckedObjects } from './adapters.ts';
import { givenDatabase, parseConfig } from './config.ts';
import { connect } from './db/client.ts';
import { keepDemonstrationApart, prepareDataFolder } from './start/data-folder.ts';
import { lockDataFolder } from './start/data-folder-lock.ts';
import { openOwnDatabase, startOwnDatabase } from './start/own-database.ts';
import { halfAMinute } from './start/patience.ts';
import { backUp } from './storage/back-up.ts';
import { readBackup, restore } from './storage/restore.ts';
import { type Finding, verifyObjects } from './storage/verify-objects.ts';

type Say = (line: string) => void;

/** Adding a foreign key to a large table says nothing for a long time. */
const LONGEST_SILENCE_MS = 4 * 3600_000;
const patience = halfAMinute();

/** Backs the configured system up, running or not. @throws OperatorError */
export async function backUpSystem(env: NodeJS.ProcessEnv, folder: string, say: Say) {
  const config = parseConfig(env, 'start');
  await using opening = new AsyncDisposableStack();
  const objects = await openCheckedObjects(config, patience);
  const { uri } = givenDatabase(config) ?? (await openOwnDatabase(config.dataFolder, opening));
  const database = openDatabase(uri, opening);
  return await backUp({ database, objects, say }, path.resolve(folder), kindOf(config.dataFolder));
}

/** Fills the configured system, which must be empty, from a backup. @throws OperatorError */
export async function restoreSystem(env: NodeJS.ProcessEnv, folder: string, say: Say) {
  const config = parseConfig(env, 'start');
  const head = await readBackup(folder);
  await using opening = new AsyncDisposableStack();
  prepareDataFolder(config.dataFolder);
  opening.use(await lockDataFolder(config.dataFolder));
  keepDemonstrationApart(config.dataFolder, head.kind === 'demonstration');
  const objects = await openCheckedObjects(config, patience);
  const uris = givenDatabase(config) ?? (await startOwnDatabase(config.dataFolder, opening));
  const database = openDatabase(uris.ownerUri, opening);
  const outcome = await restore({ database, objects, say, uris }, path.resolve(folder), head);
  return { ...outcome, madeAt: head.made_at };
}

/** Compares all objects of the configured system, running or not. @throws OperatorError */
export async function verifyObjectsOfSystem(
  env: NodeJS.ProcessEnv,
  say: Say,
  report: (finding: Finding) => void,
) {
  const config = parseConfig(env, 'start');
  await using opening = new AsyncDisposableStack();
  const objects = await openCheckedObjects(config, patience);
  const { uri } = givenDatabase(config) ?? (await openOwnDatabase(config.dataFolder, opening));
  const database = openDatabase(uri, opening);
  return await verifyObjects({ database, objects, say }, report);
}

/** Compares the activity log of the configured system with its chain, running or not. @throws OperatorError */
export async function verifyActivityOfSystem(env: NodeJS.ProcessEnv, noted: NotedHead | undefined) {
  const config = parseConfig(env, 'start');
  await using opening = new AsyncDisposableStack();
  const { uri } = givenDatabase(config) ?? (await openOwnDatabase(config.dataFolder, opening));
  return await verifyActivities(openDatabase(uri, opening).db, noted);
}

function openDatabase(databaseUri: string, opening: AsyncDisposableStack) {
  const settings = { max: 2, silenceLimitMs: LONGEST_SILENCE_MS };
  return opening.adopt(connect(databaseUri, settings), (opened) => opened.close());
}

function kindOf(dataFolder: string): 'laboratory' | 'demonstration' {
  const file = path.join(dataFolder, 'kind');
  const isDemonstration = existsSync(file) && readFileSync(file, 'utf8') === 'demonstration';
  return isDemonstration ? 'demonstration' : 'laboratory';
}

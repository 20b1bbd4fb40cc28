import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { OperatorError } from '../operator-error.ts';

/**
 * Makes the folder and tries to write in it. A full disk keeps nobody from reading what a folder already holds.
 * @throws OperatorError when that does not work
 */
export function prepareDataFolder(folder: string): void {
  // The database of a launcher that runs as root belongs to nobody, who must be able to pass through.
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  const isNew = !existsSync(folder);
  const probe = path.join(folder, `.probe-${randomUUID()}`);
  try {
    makeFolder(folder, mode);
    writeFileSync(probe, 'can this be written?');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC' && !isNew) return;
    throw new OperatorError(
      code === 'ENOSPC'
        ? `The disk that holds the data folder ${folder} is full.`
        : `The data folder ${folder} cannot be written (${code}). Make it writable, or set DATA_DIR to another one.`,
      { cause: error },
    );
  } finally {
    if (existsSync(probe)) rmSync(probe);
  }
}

/** Node's own recursive form never returns where the parent exists and still takes no folder, as below /proc. */
function makeFolder(folder: string, mode: number): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder), mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // An API and a worker that start at once make the same folder.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * Marks a fresh folder as a demonstration or not. One never becomes the other: the demonstration's accounts share a
 * password that was shown on a screen, and nobody wants invented patients among real ones.
 * @throws OperatorError when the folder began as the other kind
 */
export function keepDemonstrationApart(folder: string, isDemonstration: boolean): void {
  const file = path.join(folder, 'kind');
  const kind = isDemonstration ? 'demonstration' : 'laboratory';
  if (!existsSync(file)) writeFileSync(file, kind);
  if (readFileSync(file, 'utf8') === kind) return;
  throw new OperatorError(
    isDemonstration
      ? `${folder} holds the data of a laboratory, and the demonstration would mix its invented patients in. Set DATA_DIR to another folder, or run npm start.`
      : `${folder} holds the demonstration. Set DATA_DIR to another folder for a laboratory of your own, or run npm run demo.`,
  );
}

const Secrets = z.object({ jwt_secret_key: z.string().min(32) });

/** Secrets nobody chose are drawn once and kept, readable by the owner only. */
export function readOrMakeJwtSecret(folder: string): string {
  const file = path.join(folder, 'secrets.json');
  if (!existsSync(file)) makeSecrets(file);
  try {
    return Secrets.parse(JSON.parse(readFileSync(file, 'utf8'))).jwt_secret_key;
  } catch (error) {
    throw new OperatorError(
      `${file} is damaged. Restore it, or remove it to have a new secret drawn (everybody signs in again).`,
      { cause: error },
    );
  }
}

/** Written aside and linked: of two processes that start at once, one wins and both read the same. */
function makeSecrets(file: string): void {
  const draft = `${file}.${randomUUID()}`;
  const secrets = { jwt_secret_key: randomBytes(48).toString('base64url') };
  try {
    writeFileSync(draft, JSON.stringify(secrets, null, 2), { mode: 0o600 });
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

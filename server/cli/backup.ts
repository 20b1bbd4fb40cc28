import type { Writable } from 'node:stream';
import { parseArgs } from 'node:util';

type Say = (line: string) => void;

export interface BackupContext {
  /** @throws OperatorError */
  backUp(folder: string, say: Say): Promise<{ damaged: number }>;
  /** @throws OperatorError */
  restore(folder: string, say: Say): Promise<{ damaged: number; madeAt: string }>;
  stdout: Writable;
  stderr: Writable;
}

/** `balscope backup FOLDER`; returns the exit status. */
export async function backupCommand(args: readonly string[], context: BackupContext): Promise<number> {
  const folder = folderOf(args);
  const { damaged } = await context.backUp(folder, sayOn(context.stderr));
  context.stdout.write(`The backup is in ${folder}.${damagedLine(damaged)}\n`);
  return damaged > 0 ? 1 : 0;
}

/** `balscope restore FOLDER`; returns the exit status. */
export async function restoreCommand(args: readonly string[], context: BackupContext): Promise<number> {
  const folder = folderOf(args);
  const { damaged, madeAt } = await context.restore(folder, sayOn(context.stderr));
  context.stdout.write(
    `Restored as of ${madeAt}.${damagedLine(damaged)} Start BALscope; everybody signs in again.\n`,
  );
  return damaged > 0 ? 1 : 0;
}

function folderOf(args: readonly string[]): string {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} });
  if (positionals.length !== 1) throw new RangeError('name one folder');
  return positionals[0];
}

function sayOn(stderr: Writable): Say {
  return (line) => void stderr.write(`${line}\n`);
}

function damagedLine(damaged: number): string {
  return damaged > 0 ? ` ${damaged} objects were missing or damaged and are not in it.` : '';
}

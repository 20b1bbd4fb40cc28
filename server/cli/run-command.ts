import { OperatorError } from '../operator-error.ts';
import { type BackupContext, backupCommand, restoreCommand } from './backup.ts';
import { type DetectContext, detectCommand } from './detect.ts';
import { type MoveContext, moveObjectsCommand } from './move-objects.ts';
import { type VerifyActivityContext, verifyActivityCommand } from './verify-activity.ts';
import { type VerifyContext, verifyObjectsCommand } from './verify-objects.ts';

export type CommandContext = DetectContext &
  MoveContext &
  BackupContext &
  VerifyContext &
  VerifyActivityContext;

const USAGE = `Usage: balscope detect [options] IMAGE...
       balscope backup FOLDER
       balscope restore FOLDER
       balscope verify-objects
       balscope verify-activity [--head PLACE:HASH]
       balscope move-objects --to s3|files [--remove-source]

detect
Finds the cells in JPEG, PNG, TIFF or WebP images and prints one JSON line an image:
  {"file","width","height","cells":[{"x","y","width","height","cell_type","confidence",
    "nucleus":{"x","y","area_px","outline":[[x,y],…]}}],"parameters",…}   all in image pixels

  --engine tree|opencv      default tree; opencv takes lavage fields only
  --preset bal|blood        specimen, default bal
  --microns-per-pixel N     scale of the images, default estimated from each image
  --set NAME=VALUE          a detection parameter; repeat for several
  --parameters              lists the detection parameters

backup
Copies the database and all images of the configured system (DATA_DIR, or SQL_URI; running or not) into a new folder,
with the SHA-256 of every file. Secrets and sessions stay out.

restore
Fills the configured system from a backup and compares every hash. Its database and images must be empty.

verify-objects
Reads every stored image and compares it with its hash, and finds objects that no image owns; one JSON line a finding.

verify-activity
Compares every entry of the activity log with the hash chain over them; one JSON line for each entry that was changed,
removed or inserted. Prints where the chain ends.

  --head PLACE:HASH         an end printed earlier: tells whether entries were cut off since

move-objects
Copies the stored images between DATA_DIR and the bucket of the configuration, compares every copy with the hash that
the database or the source has, and may be repeated: what is there already is only compared.

  --remove-source           removes each object from where it was, after all were copied without a fault

  --help                    shows this

Progress and errors go to stderr. Exit status: 0, 1 when something failed, 2 when the call is wrong.
`;

/** Runs one command line; returns the exit status. */
export async function runCommand(args: readonly string[], context: CommandContext): Promise<number> {
  const [verb, ...rest] = args;
  if (verb === undefined || verb === '--help' || verb === '-h' || rest.includes('--help')) {
    (verb === undefined ? context.stderr : context.stdout).write(USAGE);
    return verb === undefined ? 2 : 0;
  }
  if (verb === 'detect') return detectCommand(rest, context);
  if (verb === 'move-objects') return refusable(verb, () => moveObjectsCommand(rest, context), context);
  if (verb === 'backup') return refusable(verb, () => backupCommand(rest, context), context);
  if (verb === 'restore') return refusable(verb, () => restoreCommand(rest, context), context);
  if (verb === 'verify-objects') return refusable(verb, () => verifyObjectsCommand(rest, context), context);
  if (verb === 'verify-activity') {
    return refusable(verb, () => verifyActivityCommand(rest, context), context);
  }
  context.stderr.write(`balscope: no command ${verb}\n\n${USAGE}`);
  return 2;
}

/** A call that is wrong and an installation that is wrong are said in a sentence. */
async function refusable(verb: string, run: () => Promise<number>, { stderr }: CommandContext) {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isCallFault =
      error instanceof RangeError || ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
    if (!isCallFault && !(error instanceof OperatorError)) throw error;
    stderr.write(`balscope ${verb}: ${error.message}\n`);
    return isCallFault ? 2 : 1;
  }
}

import { type CommandContext, detectCommand } from './detect.ts';

const USAGE = `Usage: balscope detect [options] IMAGE...

Finds the cells in JPEG, PNG, TIFF or WebP images and prints one JSON line an image:
  {"file","width","height","cells":[{"x","y","width","height","cell_type","confidence",
    "nucleus":{"x","y","area_px","outline":[[x,y],…]}}],"parameters",…}   all in image pixels

  --engine tree|opencv      default tree; opencv takes lavage fields only
  --preset bal|blood        specimen, default bal
  --microns-per-pixel N     scale of the images, default estimated from each image
  --set NAME=VALUE          a detection parameter; repeat for several
  --parameters              lists the detection parameters
  --help                    shows this

Progress and errors go to stderr. Exit status: 0, 1 when an image failed, 2 when the call is wrong.
`;

/** Runs one command line; returns the exit status. */
export async function runCommand(args: readonly string[], context: CommandContext): Promise<number> {
  const [verb, ...rest] = args;
  if (verb === undefined || verb === '--help' || verb === '-h' || rest.includes('--help')) {
    (verb === undefined ? context.stderr : context.stdout).write(USAGE);
    return verb === undefined ? 2 : 0;
  }
  if (verb === 'detect') return detectCommand(rest, context);
  context.stderr.write(`balscope: no command ${verb}\n\n${USAGE}`);
  return 2;
}

import type { Writable } from 'node:stream';
import { parseArgs } from 'node:util';

export interface VerifyContext {
  /** @throws OperatorError */
  verifyObjects(
    say: (line: string) => void,
    report: (finding: { key: string; finding: string }) => void,
  ): Promise<{ samples: number; findings: number }>;
  stdout: Writable;
  stderr: Writable;
}

/** `balscope verify-objects`: one JSON line for each finding; returns the exit status. */
export async function verifyObjectsCommand(args: readonly string[], context: VerifyContext): Promise<number> {
  parseArgs({ args: [...args], options: {} });
  const { samples, findings } = await context.verifyObjects(
    (line) => void context.stderr.write(`${line}\n`),
    (finding) => void context.stdout.write(`${JSON.stringify(finding)}\n`),
  );
  context.stderr.write(`${samples} images compared with their hashes, ${findings} findings.\n`);
  return findings > 0 ? 1 : 0;
}

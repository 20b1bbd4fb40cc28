import type { Writable } from 'node:stream';
import { parseArgs } from 'node:util';

interface Head {
  sequence: number;
  hash: string;
}

export interface VerifyActivityContext {
  /** @throws OperatorError */
  verifyActivity(noted: Head | undefined): Promise<{
    sealed: number;
    head: Head | null;
    findings: readonly { kind: string; sequence: number | null; activityId: string | null; detail: string }[];
    protected: boolean;
  }>;
  stdout: Writable;
  stderr: Writable;
}

/** `balscope verify-activity`: one JSON line for each finding; returns the exit status. */
export async function verifyActivityCommand(
  args: readonly string[],
  { verifyActivity, stdout, stderr }: VerifyActivityContext,
): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { head: { type: 'string' } } });
  const verified = await verifyActivity(values.head === undefined ? undefined : parseHead(values.head));
  for (const { kind, sequence, activityId, detail } of verified.findings) {
    stdout.write(`${JSON.stringify({ kind, sequence, activity_id: activityId, detail })}\n`);
  }
  stderr.write(
    `${verified.sealed} entries compared with their chain, ${verified.findings.length} findings.\n`,
  );
  if (verified.head)
    stderr.write(`The chain ends at --head ${verified.head.sequence}:${verified.head.hash}\n`);
  if (!verified.protected) {
    stderr.write('The database role of the application could change the log: set SQL_OWNER_URI.\n');
  }
  return verified.findings.length > 0 ? 1 : 0;
}

function parseHead(given: string): Head {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(given) ?? [];
  if (!hash)
    throw new RangeError('--head is the place and the hash that an earlier run printed, as 42:9f86…');
  return { sequence: Number(sequence), hash };
}

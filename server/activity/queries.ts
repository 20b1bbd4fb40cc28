import type { Db } from '../db/client.ts';
import { userActivityLog } from '../db/tables/operational.ts';

/** Who acted: a caller, or nobody known (`id: null`) such as at a failed sign-in. */
export interface Actor {
  id: string | null;
  address: string | null;
  requestId: string | null;
}

export interface Activity {
  /** What was done to what, as `patient.create`. */
  activityType: string;
  /** A sentence for whoever reads the log; names no patient. */
  description: string;
  entityType?: string;
  entityId?: string;
  metadata?: Record<string, unknown>;
}

/** Notes an act in the activity log, in the transaction of the act. @returns the id of the row */
export async function insertActivity(tx: Db, actor: Actor, activity: Activity): Promise<string> {
  const [row] = await tx
    .insert(userActivityLog)
    .values(rowOf(actor, activity))
    .returning({ id: userActivityLog.id });
  return row.id;
}

/** Notes several acts at once. */
export async function insertActivities(
  db: Db,
  acts: readonly { actor: Actor; activity: Activity }[],
): Promise<void> {
  await db.insert(userActivityLog).values(acts.map(({ actor, activity }) => rowOf(actor, activity)));
}

function rowOf({ id, address, requestId }: Actor, activity: Activity) {
  return { ...activity, userId: id, address, requestId };
}

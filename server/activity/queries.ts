import { sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { asIpAddress, idsFor } from '../db/columns.ts';

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
  const [id] = await insertActivities(tx, [{ actor, activity }]);
  return id;
}

/** Notes several acts at once, by one statement however many they are. @returns the ids of the rows */
export async function insertActivities(
  db: Db,
  acts: readonly { actor: Actor; activity: Activity }[],
): Promise<string[]> {
  const ids = idsFor(acts.length);
  const rows = acts.map(({ actor, activity }, at) => ({
    ...activity,
    id: ids[at],
    userId: actor.id,
    address: actor.address && asIpAddress(actor.address),
    requestId: actor.requestId,
  }));
  await db.execute(sql`
    insert into user_activity_log (id, user_id, activity_type, description, entity_type, entity_id, metadata, address, request_id)
    select act.id, act."userId", act."activityType", act.description, act."entityType", act."entityId", act.metadata,
      act.address, act."requestId"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as act(id uuid, "userId" uuid, "activityType" text,
      description text, "entityType" text, "entityId" uuid, metadata jsonb, address inet, "requestId" text)`);
  return ids;
}

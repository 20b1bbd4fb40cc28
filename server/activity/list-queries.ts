import { and, asc, desc, eq, gt, like, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { userActivityLog as log } from '../db/tables/operational.ts';
import { users } from '../db/tables/people.ts';
import type { Place } from '../http/cursor.ts';
import { beginningWith, countRows, within } from '../http/queries.ts';

export interface ActivityFilter {
  userId?: string;
  activityType?: string;
  entityType?: string;
  entityId?: string;
  from?: string;
  to?: string;
}

interface PageRequest extends Place {
  filter: ActivityFilter;
  descending: boolean;
}

export async function listActivities(db: Db, { filter, descending, after, limit, offset }: PageRequest) {
  const direction = descending ? desc : asc;
  const behind = descending ? lt : gt;
  const rows = await db
    .select({
      id: log.id,
      at: log.at,
      user: { id: users.id, name: users.name },
      activityType: log.activityType,
      description: log.description,
      entityType: log.entityType,
      entityId: log.entityId,
      metadata: log.metadata,
      address: log.address,
      requestId: log.requestId,
    })
    .from(log)
    .leftJoin(users, eq(users.id, log.userId))
    .where(
      and(
        matches(filter),
        after && behind(sql`(${log.at}, ${log.id})`, sql`(${after.key}::timestamptz, ${after.id}::uuid)`),
      ),
    )
    .orderBy(direction(log.at), direction(log.id))
    .limit(limit)
    .offset(offset);
  return rows;
}

export function countActivities(db: Db, filter: ActivityFilter): Promise<number> {
  return countRows(db, log, matches(filter));
}

function matches({ userId, activityType, entityType, entityId, ...time }: ActivityFilter): SQL | undefined {
  return and(
    userId ? eq(log.userId, userId) : undefined,
    activityType ? ofType(activityType) : undefined,
    entityType ? eq(log.entityType, entityType) : undefined,
    entityId ? eq(log.entityId, entityId) : undefined,
    within(log.at, time),
  );
}

function ofType(type: string): SQL | undefined {
  return or(eq(log.activityType, type), like(log.activityType, beginningWith(`${type}.`)));
}

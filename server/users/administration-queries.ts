import { and, asc, desc, eq, gt, ilike, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Role } from '../../contract/route.ts';
import { secondFactorOfUser } from '../auth/queries.ts';
import type { Db } from '../db/client.ts';
import { userActivityLog } from '../db/tables/operational.ts';
import {
  hospitals,
  laboratories,
  oneTimeLinks,
  secondFactors,
  sessions,
  users,
} from '../db/tables/people.ts';
import type { Place } from '../http/cursor.ts';
import { containing, countRows, within } from '../http/queries.ts';

export type UserSort = 'name' | '-name' | 'created_at' | '-created_at';

export interface UserFilter {
  q?: string;
  status?: 'pending' | 'active' | 'disabled';
  role?: Role;
  hospitalId?: string;
  from?: string;
  to?: string;
}

/** What an administrator sees of a user; never the password's hash. */
const columns = {
  id: users.id,
  name: users.name,
  email: users.email,
  role: users.role,
  status: users.status,
  hospital: { id: hospitals.id, name: hospitals.name },
  laboratory: { id: laboratories.id, name: laboratories.name },
  requested: users.requested,
  canSign: users.canSign,
  mustChangePassword: users.mustChangePassword,
  secondFactor: secondFactorOfUser,
  version: users.version,
  createdAt: users.createdAt,
  lastSeenAt: sql<string | null>`(
    select max(${sessions.lastSeenAt}) from ${sessions} where ${sessions.userId} = ${users.id})`.mapWith(
    sessions.lastSeenAt,
  ),
};

const ofLaboratory = eq(laboratories.id, sql`coalesce(${users.laboratoryId}, ${hospitals.laboratoryId})`);

const sortKeys = {
  name: { key: sql`lower(${users.name})`, kind: 'text', type: sql.raw('text') },
  created_at: { key: sql`${users.createdAt}`, kind: 'time', type: sql.raw('timestamptz') },
} as const;

function orderOf(sort: UserSort) {
  const descending = sort.startsWith('-');
  return { ...sortKeys[sort.replace('-', '') as keyof typeof sortKeys], descending };
}

export const cursorKindOf = (sort: UserSort) => orderOf(sort).kind;

interface PageRequest extends Place {
  filter: UserFilter;
  sort: UserSort;
}

export async function listUsers(db: Db, { filter, sort, after, limit, offset }: PageRequest) {
  const { key, kind, type, descending } = orderOf(sort);
  const direction = descending ? desc : asc;
  const behind = descending ? lt : gt;
  const rows = await db
    .select({ ...columns, key: sql<string | Date>`${key}` })
    .from(users)
    .leftJoin(hospitals, eq(hospitals.id, users.hospitalId))
    .leftJoin(laboratories, ofLaboratory)
    .where(
      and(
        matches(filter),
        after && behind(sql`(${key}, ${users.id})`, sql`(${after.key}::${type}, ${after.id}::uuid)`),
      ),
    )
    .orderBy(direction(key), direction(users.id))
    .limit(limit)
    .offset(offset);
  return rows.map((row) => ({
    ...row,
    key: kind === 'time' ? new Date(row.key).toISOString() : String(row.key),
  }));
}

export function countUsers(db: Db, filter: UserFilter): Promise<number> {
  return countRows(db, users, matches(filter));
}

function matches({ q, status, role, hospitalId, ...time }: UserFilter): SQL | undefined {
  return and(
    status && eq(users.status, status),
    role && eq(users.role, role),
    hospitalId ? eq(users.hospitalId, hospitalId) : undefined,
    within(users.createdAt, time),
    q ? or(ilike(users.name, containing(q)), ilike(users.email, containing(q))) : undefined,
  );
}

export async function findUser(db: Db, id: string) {
  const [row] = await db
    .select(columns)
    .from(users)
    .leftJoin(hospitals, eq(hospitals.id, users.hospitalId))
    .leftJoin(laboratories, ofLaboratory)
    .where(eq(users.id, id));
  return row;
}

/** What changes are decided by; nobody else changes the user until the transaction ends. */
export async function lockUser(tx: Db, id: string) {
  const [row] = await tx
    .select({
      role: users.role,
      status: users.status,
      hospitalId: users.hospitalId,
      laboratoryId: users.laboratoryId,
      version: users.version,
    })
    .from(users)
    .where(eq(users.id, id))
    .for('update');
  return row;
}

export type LockedUser = NonNullable<Awaited<ReturnType<typeof lockUser>>>;

/** Ids of the active administrators, of whom nobody else makes fewer until the transaction ends. */
export async function lockActiveAdministrators(tx: Db): Promise<string[]> {
  const rows = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'ADMIN'), eq(users.status, 'active')))
    .orderBy(asc(users.id))
    .for('update');
  return rows.map(({ id }) => id);
}

type Changes = Partial<
  Pick<
    typeof users.$inferInsert,
    'name' | 'role' | 'status' | 'hospitalId' | 'laboratoryId' | 'requested' | 'passwordHash'
  >
>;

/** @param signsOut ends the user's sessions and tokens */
export async function updateUser(
  tx: Db,
  id: string,
  { changes, signsOut }: { changes: Changes; signsOut: boolean },
): Promise<void> {
  await tx
    .update(users)
    .set({
      ...changes,
      version: sql`${users.version} + 1`,
      updatedAt: sql`now()`,
      ...(signsOut ? { securityVersion: sql`${users.securityVersion} + 1` } : {}),
    })
    .where(eq(users.id, id));
}

export async function hasActed(db: Db, id: string): Promise<boolean> {
  const acts = await db
    .select({ id: userActivityLog.id })
    .from(userActivityLog)
    .where(eq(userActivityLog.userId, id))
    .limit(1);
  return acts.length > 0;
}

/** With what only signing in needs. @throws DrizzleQueryError where anything else is theirs */
export async function eraseUser(tx: Db, id: string): Promise<void> {
  await tx.delete(sessions).where(eq(sessions.userId, id));
  await tx.delete(secondFactors).where(eq(secondFactors.userId, id));
  await tx.delete(oneTimeLinks).where(eq(oneTimeLinks.userId, id));
  await tx.delete(users).where(eq(users.id, id));
}

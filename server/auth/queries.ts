import { and, desc, eq, gt, isNull, ne, type SQL, sql } from 'drizzle-orm';
import { builtOnce } from '../db/built-once.ts';
import type { Db } from '../db/client.ts';
import {
  emergencyAccesses,
  hospitals,
  laboratories,
  secondFactors,
  sessions,
  users,
} from '../db/tables/people.ts';

/** Session and user of a request in one read; nothing when either ended, or the user changed since. */
const signedInBy = builtOnce((db, key: 'id' | 'secretHash') =>
  db
    .select({
      sessionId: sessions.id,
      securityVersion: sessions.securityVersion,
      ageS: secondsSince(sessions.createdAt),
      idleS: secondsSince(sessions.lastSeenAt),
      expiresAt: sessions.expiresAt,
      refreshGeneration: sessions.refreshGeneration,
      id: users.id,
      name: users.name,
      role: users.role,
      hospitalId: users.hospitalId,
      laboratoryId: sql<string | null>`coalesce(${users.laboratoryId}, ${hospitals.laboratoryId})`,
      canSign: users.canSign,
      mustChangePassword: users.mustChangePassword,
      emergencies,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(hospitals, eq(hospitals.id, users.hospitalId))
    .where(and(eq(sessions[key], sql.placeholder('key')), ...alive())),
);

/** What an emergency lets them see now; of several accesses to a patient the last to expire. */
const emergencies = sql<Record<string, string>>`(
  select coalesce(json_object_agg(${emergencyAccesses.patientId}, ${emergencyAccesses.expiresAt}
    order by ${emergencyAccesses.expiresAt}), '{}')
  from ${emergencyAccesses}
  where ${emergencyAccesses.userId} = ${users.id} and ${emergencyAccesses.expiresAt} > now()
    and ${emergencyAccesses.endedAt} is null)`;

/** By the clock of the database, which wrote these times. */
function secondsSince(column: typeof sessions.createdAt | typeof sessions.lastSeenAt) {
  return sql<number>`extract(epoch from now() - ${column})::float8`;
}

export type SignedIn = NonNullable<Awaited<ReturnType<typeof findSignedIn>>>;

const alive = () => [
  isNull(sessions.endedAt),
  gt(sessions.expiresAt, sql`now()`),
  eq(users.status, 'active'),
  eq(users.securityVersion, sessions.securityVersion),
];

async function findSignedIn(db: Db, by: 'id' | 'secretHash', key: string) {
  const [row] = await signedInBy(db, by).execute({ key });
  return row;
}

export const findSignedInBySession = (db: Db, sessionId: string) => findSignedIn(db, 'id', sessionId);
export const findSignedInBySecret = (db: Db, secretHash: string) =>
  findSignedIn(db, 'secretHash', secretHash);

export async function insertSession(db: Db, row: typeof sessions.$inferInsert): Promise<string> {
  const [inserted] = await db.insert(sessions).values(row).returning({ id: sessions.id });
  return inserted.id;
}

export async function touchSession(db: Db, sessionId: string): Promise<void> {
  await db.update(sessions).set({ lastSeenAt: sql`now()` }).where(eq(sessions.id, sessionId));
}

/** @returns whether one was still open */
async function endOpen(db: Db, ...which: SQL[]): Promise<boolean> {
  const ended = await db
    .update(sessions)
    .set({ endedAt: sql`now()` })
    .where(and(...which, isNull(sessions.endedAt)))
    .returning({ id: sessions.id });
  return ended.length > 0;
}

export const endSession = (db: Db, userId: string, sessionId: string) =>
  endOpen(db, eq(sessions.userId, userId), eq(sessions.id, sessionId));
export const endSessionOfSecret = (db: Db, secretHash: string) =>
  endOpen(db, eq(sessions.secretHash, secretHash));
export const endAllSessions = (db: Db, userId: string) => endOpen(db, eq(sessions.userId, userId));
export const endOtherSessions = (db: Db, userId: string, sessionId: string) =>
  endOpen(db, eq(sessions.userId, userId), ne(sessions.id, sessionId));

/** @returns false when a refresh token of this generation was taken before */
export async function raiseRefreshGeneration(
  db: Db,
  sessionId: string,
  generation: number,
): Promise<boolean> {
  const raised = await db
    .update(sessions)
    .set({ refreshGeneration: generation + 1, lastSeenAt: sql`now()` })
    .where(and(eq(sessions.id, sessionId), eq(sessions.refreshGeneration, generation)))
    .returning({ id: sessions.id });
  return raised.length > 0;
}

export async function listSessions(db: Db, userId: string) {
  return db
    .select({
      id: sessions.id,
      createdAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
      userAgent: sessions.userAgent,
      address: sessions.address,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.userId, userId), ...alive()))
    .orderBy(desc(sessions.lastSeenAt));
}

export async function findAccountByEmail(db: Db, email: string) {
  const [row] = await db
    .select(accountColumns)
    .from(users)
    .where(eq(sql`lower(${users.email})`, email.toLowerCase()));
  return row;
}

export async function findAccount(db: Db, id: string) {
  const [row] = await db.select(accountColumns).from(users).where(eq(users.id, id));
  return row;
}

const accountColumns = {
  id: users.id,
  passwordHash: users.passwordHash,
  status: users.status,
  securityVersion: users.securityVersion,
};

/** What is told of it, as a column of a query on users. */
export const secondFactorOfUser = sql<{ recoveryCodesLeft: number } | null>`(
  select json_build_object('recoveryCodesLeft', cardinality(${secondFactors.recoveryHashes}))
  from ${secondFactors}
  where ${secondFactors.userId} = ${users.id} and ${secondFactors.confirmedAt} is not null)`;

export async function getMe(db: Db, id: string) {
  const [row] = await db
    .select({
      id: users.id,
      name: users.name,
      email: users.email,
      role: users.role,
      status: users.status,
      canSign: users.canSign,
      mustChangePassword: users.mustChangePassword,
      secondFactor: secondFactorOfUser,
      createdAt: users.createdAt,
      hospital: { id: hospitals.id, name: hospitals.name },
      laboratory: { id: laboratories.id, name: laboratories.name },
    })
    .from(users)
    .leftJoin(hospitals, eq(hospitals.id, users.hospitalId))
    .leftJoin(
      laboratories,
      eq(laboratories.id, sql`coalesce(${users.laboratoryId}, ${hospitals.laboratoryId})`),
    )
    .where(eq(users.id, id));
  return row;
}

/** @returns the id, or undefined when the address is taken */
export async function insertUser(db: Db, row: typeof users.$inferInsert): Promise<string | undefined> {
  const [inserted] = await db.insert(users).values(row).onConflictDoNothing().returning({ id: users.id });
  return inserted?.id;
}

export async function updateName(db: Db, id: string, name: string): Promise<void> {
  await db
    .update(users)
    .set({ name, version: sql`${users.version} + 1`, updatedAt: sql`now()` })
    .where(eq(users.id, id));
}

/** @returns false when somebody else has the address */
export async function updateEmail(db: Db, id: string, email: string): Promise<boolean> {
  const changed = await db
    .update(users)
    .set({ email, version: sql`${users.version} + 1`, updatedAt: sql`now()` })
    .where(eq(users.id, id))
    .returning({ id: users.id })
    .catch((error: unknown) => {
      if (isUniqueViolation(error)) return [];
      throw error;
    });
  return changed.length > 0;
}

/** drizzle wraps what PostgreSQL said. */
function isUniqueViolation(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } };
  return cause?.code === '23505';
}

/** @returns the new security version, or undefined when the password was changed meanwhile */
export async function updatePassword(
  db: Db,
  id: string,
  { passwordHash, knownVersion }: { passwordHash: string; knownVersion: number },
): Promise<number | undefined> {
  const [row] = await db
    .update(users)
    .set({
      passwordHash,
      mustChangePassword: false,
      securityVersion: sql`${users.securityVersion} + 1`,
      version: sql`${users.version} + 1`,
      updatedAt: sql`now()`,
    })
    .where(and(eq(users.id, id), eq(users.securityVersion, knownVersion)))
    .returning({ securityVersion: users.securityVersion });
  return row?.securityVersion;
}

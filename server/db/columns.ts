import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { sql } from 'drizzle-orm';
import { customType, integer, uuid } from 'drizzle-orm/pg-core';
import { v7 } from 'uuid';

/** UUIDv7 made by the application, so that PostgreSQL 15 is enough. */
export const id = () => uuid().primaryKey().$defaultFn(v7);

const UUID_BYTES = 16;

/** Ids for rows of one statement, in order; to ask for random bytes once each takes longer than to insert a row. */
export function idsFor(count: number): string[] {
  const random = randomBytes(UUID_BYTES * (count + 1));
  const [msecs, first] = [Date.now(), random.readUInt32LE() >>> 1];
  return Array.from({ length: count }, (_, at) =>
    v7({ random: random.subarray(UUID_BYTES * (at + 1)), msecs, seq: first + at }),
  );
}

/** A point in time as ISO 8601 UTC text everywhere in TypeScript. */
export const timestamp = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamp (3) with time zone',
  fromDriver: (value) => new Date(value).toISOString(),
});

export const bytes = customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => 'bytea',
  toDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  fromDriver: (value) => new Uint8Array(value),
});

/**
 * An IP address as far as it is one, without the zone that PostgreSQL does not know. What a proxy hands on may be
 * anything, and must keep no row from being written.
 */
export function asIpAddress(value: string): string | null {
  const [address] = value.split('%');
  return isIP(address) === 0 ? null : address;
}

export const ipAddress = customType<{ data: string; driverData: string | null }>({
  dataType: () => 'inet',
  toDriver: asIpAddress,
});

/** Text compared byte by byte, whatever the language of the database. */
export const bytewiseText = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

export const createdAt = () => timestamp().notNull().default(sql`now()`);
export const updatedAt = () => timestamp().notNull().default(sql`now()`);
/** Raised by every change; a writer with an older one is refused (412). */
export const version = () => integer().notNull().default(1);

import { eq } from 'drizzle-orm';
import { DEFAULT_LABORATORY_SETTINGS } from '../../core/laboratory-settings.ts';
import type { Db } from '../db/client.ts';
import { hospitals, laboratories, laboratorySettings, users } from '../db/tables/people.ts';
import type { DemoUser } from './laboratory.ts';

export async function demoLaboratoryExists(db: Db, name: string): Promise<boolean> {
  const rows = await db.select({ id: laboratories.id }).from(laboratories).where(eq(laboratories.name, name));
  return rows.length > 0;
}

interface DemoPeople {
  laboratory: string;
  hospitals: readonly { name: string; location: string }[];
  users: readonly DemoUser[];
  passwordHash: string;
}

/** Laboratory, hospitals and active users, all or none. */
export async function insertDemoPeople(db: Db, people: DemoPeople): Promise<void> {
  await db.transaction(async (tx) => {
    const [laboratory] = await tx.insert(laboratories).values({ name: people.laboratory }).returning();
    await tx
      .insert(laboratorySettings)
      .values({ laboratoryId: laboratory.id, version: 1, settings: DEFAULT_LABORATORY_SETTINGS });
    const places = await tx
      .insert(hospitals)
      .values(people.hospitals.map((hospital) => ({ ...hospital, laboratoryId: laboratory.id })))
      .returning();
    await tx.insert(users).values(
      people.users.map(({ name, email, role, hospital }) => ({
        name,
        email,
        role,
        status: 'active' as const,
        passwordHash: people.passwordHash,
        hospitalId: places.find((place) => place.name === hospital)?.id,
        laboratoryId: laboratory.id,
        canSign: role === 'ANNOTATOR',
      })),
    );
  });
}

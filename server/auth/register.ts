import { insertActivity } from '../activity/queries.ts';
import type { Database, Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import type { Passwords } from './passwords.ts';
import { insertUser } from './queries.ts';
import { findFirstLaboratory, findOrInsertHospital } from './workplace-queries.ts';

interface Parts {
  database: Database;
  passwords: Passwords;
}

interface Registration {
  name: string;
  email: string;
  password: string;
  role: 'UPLOADER' | 'ANNOTATOR';
  hospital: string;
  location: string;
}

interface Client {
  address: string;
  requestId: string;
}

/**
 * The user may work at once, in the hospital of that name, which is founded when there is none.
 * @returns the user's id
 * @throws AppError email_taken
 */
export async function registerOpenly(
  { database, passwords }: Parts,
  registration: Registration,
  client: Client,
): Promise<string> {
  const passwordHash = await passwords.hash(registration.password);
  return database.db.transaction(async (tx) => {
    const { name, email, role } = registration;
    const hospital = await hospitalOf(tx, registration);
    const id = await insertUser(tx, {
      name,
      email,
      role,
      passwordHash,
      status: 'active',
      hospitalId: hospital.id,
      laboratoryId: hospital.laboratoryId,
    });
    if (!id) throw new AppError('email_taken', 'This address is registered already. Sign in instead.');
    await insertActivity(
      tx,
      { id, ...client },
      {
        activityType: 'user.register',
        description: `Registered as ${role}`,
        entityType: 'user',
        entityId: id,
      },
    );
    return id;
  });
}

/** Notes a request that an administrator grants or not. A known address is left as it is, and nothing tells. */
export async function requestRegistration(
  { database, passwords }: Parts,
  { name, email, password, role, hospital, location }: Registration,
  client: Client,
): Promise<void> {
  const passwordHash = await passwords.hash(password);
  await database.db.transaction(async (tx) => {
    const requested = { hospital, location };
    const id = await insertUser(tx, { name, email, role, passwordHash, status: 'pending', requested });
    await insertActivity(
      tx,
      { id: id ?? null, ...client },
      {
        activityType: id ? 'user.request' : 'user.request_repeated',
        description: id ? `Asked to be registered as ${role}` : 'Registration with an address that is known',
        entityType: 'user',
        entityId: id,
      },
    );
  });
}

async function hospitalOf(tx: Db, { hospital, location }: Registration) {
  const laboratory = await findFirstLaboratory(tx);
  if (!laboratory) throw new AppError('unavailable', 'There is no laboratory to join yet.');
  return findOrInsertHospital(tx, { name: hospital, location, laboratoryId: laboratory.id });
}

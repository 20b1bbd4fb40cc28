import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { type Identifier, insertIdentifiers } from './queries.ts';

/** @throws AppError conflict naming the identifier that another patient has, or that was given twice */
export async function assignIdentifiers(tx: Db, patientId: string, identifiers: Identifier[]): Promise<void> {
  const taken = new Set((await insertIdentifiers(tx, patientId, identifiers)).map(textOf));
  for (const identifier of identifiers) {
    if (taken.delete(textOf(identifier))) continue;
    const { type, value, issuer } = identifier;
    throw new AppError(
      'conflict',
      `The identifier ${type} ${value} of ${issuer} belongs to a patient already.`,
    );
  }
}

function textOf({ issuer, type, value }: Identifier): string {
  return JSON.stringify([issuer, type, value]);
}

import type { z } from 'zod';
import { type Camel, caseConverter } from '../../contract/casing.ts';
import { UploadFields as WireFields } from '../../contract/samples.ts';
import { AppError } from '../errors.ts';

export type UploadFields = Camel<z.output<typeof WireFields>>;

const toCamel = caseConverter(WireFields, 'camel');

/** Fields of a form that were left empty count as not given. @throws AppError validation_failed */
export function parseUploadFields(sent: Record<string, string>): UploadFields {
  const given = Object.fromEntries(Object.entries(sent).filter(([, value]) => value.trim() !== ''));
  const parsed = WireFields.safeParse(given);
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    const sentence = errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
    throw new AppError('validation_failed', sentence, { errors });
  }
  return toCamel(parsed.data) as UploadFields;
}

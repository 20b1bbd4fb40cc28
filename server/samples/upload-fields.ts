import type { z } from 'zod';
import { type Camel, caseConverter } from '../../contract/casing.ts';
import { UploadFields as WireFields } from '../../contract/samples.ts';
import { parse } from '../http/parse.ts';

export type UploadFields = Camel<z.output<typeof WireFields>>;

const toCamel = caseConverter(WireFields, 'camel');

/** Fields of a form that were left empty count as not given. @throws AppError validation_failed */
export function parseUploadFields(sent: Record<string, string>): UploadFields {
  const given = Object.fromEntries(Object.entries(sent).filter(([, value]) => value.trim() !== ''));
  return toCamel(parse(WireFields, given)) as UploadFields;
}

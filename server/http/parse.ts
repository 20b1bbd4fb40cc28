import type { z } from 'zod';
import { validationFailed } from '../errors.ts';

/** For what the route table cannot check because the handler reads it itself. @throws AppError validation_failed */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw validationFailed(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })));
}

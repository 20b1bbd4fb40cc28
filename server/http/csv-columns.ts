import { z } from 'zod';
import { camelKey } from '../../contract/casing.ts';
import type { RouteDefinition } from '../../contract/route.ts';

interface Column {
  /** Where in a row, as handlers answer it. */
  key: string[];
  header: string;
}

/** The columns of a list as CSV. */
export function csvColumns({ response }: RouteDefinition): Column[] {
  const { items } = (response as z.ZodObject<{ items: z.ZodArray<z.ZodType> }>).shape;
  return columnsOf(items.element, []);
}

/** One for each value of a row, for those of objects within it too; none for signed addresses, which end in minutes. */
function columnsOf(schema: z.ZodType, path: string[]): Column[] {
  if (schema instanceof z.ZodNullable) return columnsOf(schema.unwrap() as z.ZodType, path);
  if (!(schema instanceof z.ZodObject)) return [{ key: path.map(camelKey), header: path.join('_') }];
  return Object.entries(schema.shape as Record<string, z.ZodType>)
    .filter(([name]) => !name.endsWith('_url'))
    .flatMap(([name, value]) => columnsOf(value, [...path, name]));
}

import type { z } from 'zod';

type CamelKey<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelKey<Tail>>}`
  : S;

/** The wire's snake_case object as TypeScript's camelCase one. */
export type Camel<T> = T extends readonly (infer U)[]
  ? Camel<U>[]
  : T extends object
    ? { [K in keyof T as K extends string ? CamelKey<K> : K]: Camel<T[K]> }
    : T;

type Convert = (value: unknown) => unknown;
type Direction = 'camel' | 'snake';

/** A wire name, or a path of such names, as TypeScript writes it. */
export const camelKey = (key: string) =>
  key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/**
 * Makes the function that renames the keys of values of this schema, from the wire's snake_case to camelCase or back.
 * Only keys that the schema declares are renamed: the keys of records (cell types, free metadata) are data.
 */
export function caseConverter(schema: z.ZodType, direction: Direction): Convert {
  const def = schema._zod.def as unknown as SchemaDef;
  switch (def.type) {
    case 'object':
      return convertObject([def.shape ?? {}], direction);
    case 'array': {
      const element = caseConverter(def.element as z.ZodType, direction);
      return element === same ? same : (value) => (Array.isArray(value) ? value.map(element) : value);
    }
    case 'union': {
      const options = (def.options ?? [])
        .map((option) => shapesOf(option))
        .filter((shape) => shape !== undefined);
      const arrays = (def.options ?? []).find(
        (option) => (option._zod.def as unknown as SchemaDef).type === 'array',
      );
      const asObject = options.length > 0 ? convertObject(options, direction) : same;
      const asArray = arrays ? caseConverter(arrays, direction) : same;
      return (value) => (Array.isArray(value) ? asArray(value) : asObject(value));
    }
    case 'record': {
      const item = caseConverter(def.valueType as z.ZodType, direction);
      return (value) =>
        isPlainObject(value)
          ? Object.fromEntries(Object.entries(value).map(([key, v]) => [key, item(v)]))
          : value;
    }
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
      return caseConverter(def.innerType as z.ZodType, direction);
    case 'pipe':
      return caseConverter(
        (def.in?._zod.def as unknown as SchemaDef)?.type === 'transform'
          ? (def.out as z.ZodType)
          : (def.in as z.ZodType),
        direction,
      );
    default:
      return same;
  }
}

interface SchemaDef {
  type: string;
  shape?: Record<string, z.ZodType>;
  element?: z.ZodType;
  options?: z.ZodType[];
  valueType?: z.ZodType;
  innerType?: z.ZodType;
  in?: z.ZodType;
  out?: z.ZodType;
}

const same: Convert = (value) => value;

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shapesOf(schema: z.ZodType): Record<string, z.ZodType> | undefined {
  const def = schema._zod.def as unknown as SchemaDef;
  if (def.type === 'object') return def.shape;
  return def.innerType ? shapesOf(def.innerType) : undefined;
}

function convertObject(shapes: Record<string, z.ZodType>[], direction: Direction): Convert {
  const byKey = new Map<string, { to: string; convert: Convert }>();
  for (const shape of shapes) {
    for (const [snake, schema] of Object.entries(shape)) {
      const camel = camelKey(snake);
      const [from, to] = direction === 'camel' ? [snake, camel] : [camel, snake];
      if (!byKey.has(from)) byKey.set(from, { to, convert: caseConverter(schema, direction) });
    }
  }
  if ([...byKey].every(([from, { to, convert }]) => from === to && convert === same)) return same;
  return (value) => {
    if (!isPlainObject(value)) return value;
    const renamed: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      const item = value[key];
      const known = byKey.get(key);
      if (!known) renamed[key] = item;
      else renamed[known.to] = known.convert === same ? item : known.convert(item);
    }
    return renamed;
  };
}

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addressesOf, api } from './api.ts';
import { caseConverter } from './casing.ts';
import type { RouteDefinition } from './route.ts';

const Cell = z.object({
  cell_type: z.string(),
  nucleus: z.object({ area_px: z.number() }).nullable(),
  free_form: z.record(z.string(), z.unknown()),
  items: z.array(z.object({ job_id: z.string() })).optional(),
});

describe('caseConverter', () => {
  it('renames the declared keys at every depth, there and back', () => {
    const wire = { cell_type: 'RBC', nucleus: { area_px: 3 }, free_form: {}, items: [{ job_id: 'a' }] };
    const typed = { cellType: 'RBC', nucleus: { areaPx: 3 }, freeForm: {}, items: [{ jobId: 'a' }] };
    expect(caseConverter(Cell, 'camel')(wire)).toEqual(typed);
    expect(caseConverter(Cell, 'snake')(typed)).toEqual(wire);
  });

  it('leaves the keys of records alone, since they are data', () => {
    const value = {
      cell_type: 'x',
      nucleus: null,
      free_form: { snake_case: 1, 'WBC-Lymphocyte': 2, camelCase: 3 },
    };
    expect(caseConverter(Cell, 'camel')(value)).toMatchObject({ freeForm: value.free_form });
  });

  it('finds the shape of a union by its keys', () => {
    const schema = z.union([z.object({ access_token: z.string() }), z.object({ retry_after: z.number() })]);
    expect(caseConverter(schema, 'snake')({ retryAfter: 3 })).toEqual({ retry_after: 3 });
    expect(
      caseConverter(
        z.array(z.union([z.string(), z.object({ a_b: z.string() })])),
        'camel',
      )(['x', { a_b: 'y' }]),
    ).toEqual(['x', { aB: 'y' }]);
  });

  it('keeps digits in names, such as cd4_cd8', () => {
    const schema = z.object({ cd4_cd8: z.number(), s3_key: z.string() });
    expect(caseConverter(schema, 'camel')({ cd4_cd8: 2, s3_key: 'k' })).toEqual({ cd4Cd8: 2, s3Key: 'k' });
    expect(caseConverter(schema, 'snake')({ cd4Cd8: 2, s3Key: 'k' })).toEqual({ cd4_cd8: 2, s3_key: 'k' });
  });
});

describe('the route table', () => {
  const routes = Object.entries(api) as [string, RouteDefinition][];

  it('declares each method and path once', () => {
    const addresses = routes.flatMap(([, route]) =>
      addressesOf(route).map(({ path }) => `${route.method} ${path}`),
    );
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it('declares every parameter that a path names', () => {
    for (const [name, route] of routes) {
      const named = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]);
      expect(Object.keys(route.params?.shape ?? {}), name).toEqual(named);
    }
  });
});

import { expect, test } from 'vitest';
import type { z } from 'zod';
import { api } from './api.ts';
import { ERROR_CODES, Problem } from './errors.ts';
import { EXAMPLES, exampleOf, exampleProblem } from './examples.ts';
import type { RouteDefinition } from './route.ts';
import { UploadFields } from './samples.ts';

const routes: [string, RouteDefinition][] = Object.entries(api);
const schemas: [string, z.ZodType, 'input' | 'output'][] = routes.flatMap(([name, { body, response }]) =>
  [
    ...(body ? [[`${name} body`, body, 'input'] as const] : []),
    ...(typeof response === 'string' ? [] : [[`${name} response`, response, 'output'] as const]),
  ].map((one): [string, z.ZodType, 'input' | 'output'] => [...one]),
);
schemas.push(['form of an upload', UploadFields, 'input']);

test.each(schemas)(
  '%s: the example fits its schema, and holds nothing that this does not know',
  (_, schema, direction) => {
    const example = exampleOf(schema, direction);
    const parsed = schema.safeParse(example);
    expect(parsed.error?.issues ?? []).toEqual([]);
    if (direction === 'output') expect(parsed.data).toEqual(example);
  },
);

test.each(ERROR_CODES)('%s: the example is a problem', (code) => {
  expect(Problem.parse(exampleProblem(code))).toEqual(exampleProblem(code));
});

test('every value that is given by name occurs', () => {
  const all = JSON.stringify([
    ...schemas.map(([, schema, direction]) => exampleOf(schema, direction)),
    ...ERROR_CODES.map(exampleProblem),
  ]);
  const idle = Object.entries(EXAMPLES).filter(([name, value]) => {
    const field = `"${name.split('.').at(-1)}":`;
    return ![field, `${field}[`].some((start) => all.includes(start + JSON.stringify(value)));
  });
  expect(idle.map(([name]) => name)).toEqual([]);
});

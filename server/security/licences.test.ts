import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/** Used as they are, unchanged and as separate files; each lets the whole be distributed under Apache-2.0. */
const PERMITTED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  // A font, embedded.
  'OFL-1.1',
  'Zlib',
]);
/** Copyleft for these files alone: libvips is a shared library that anybody may replace, lightningcss runs in builds. */
const PERMITTED_FOR: readonly (readonly [RegExp, string])[] = [
  [/^@img\/sharp-/, 'LGPL-3.0-or-later'],
  [/^lightningcss(-|$)/, 'MPL-2.0'],
];

/** Said in its Readme only. */
const SAID_ELSEWHERE: Record<string, string> = { 'combine-errors': 'MIT' };

interface Lock {
  packages: Record<string, { license?: string; resolved?: string; integrity?: string }>;
}
const lock = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '..', '..', 'package-lock.json'), 'utf8'),
) as Lock;
const libraries = Object.entries(lock.packages)
  .filter(([folder]) => folder !== '')
  .map(([folder, one]) => ({ name: folder.split('node_modules/').at(-1)!, ...one }));

function isPermitted(name: string, licence: string): boolean {
  const alternatives = licence.replace(/[()]/g, '').split(' OR ');
  return alternatives.some((all) =>
    all
      .split(' AND ')
      .every(
        (one) =>
          PERMITTED.has(one) || PERMITTED_FOR.some(([names, special]) => special === one && names.test(name)),
      ),
  );
}

test('every library has a licence that permits its use [licences]', () => {
  expect(libraries.length).toBeGreaterThan(100);
  const refused = libraries.filter(
    ({ name, license }) => !isPermitted(name, license ?? SAID_ELSEWHERE[name] ?? 'none'),
  );
  expect(refused.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
});

test('every library comes from the registry with the hash of its bytes', () => {
  const odd = libraries.filter(({ resolved, integrity }) => {
    const isElsewhere = resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/');
    return isElsewhere || !integrity?.startsWith('sha512-');
  });
  expect(odd.map(({ name, resolved }) => `${name} ${resolved}`)).toEqual([]);
});

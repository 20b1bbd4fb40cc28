import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { attacks, rules } from './lines.ts';
import {
  DOCUMENT,
  describeSecurityTests,
  faultsBetween,
  findSecurityTests,
  testsOf,
} from './security-tests.ts';

test('every line of the lists has a test, or says what it waits for', () => {
  expect(faultsBetween([...attacks, ...rules], findSecurityTests())).toEqual([]);
});

test('docs/security-tests.md is as npm run security-tests writes it', () => {
  expect(readFileSync(DOCUMENT, 'utf8')).toBe(describeSecurityTests(findSecurityTests()));
});

test('tags are read from the ends of names, and nothing else', () => {
  const source = `
    test('a name [one, CVE-2020-1] [two]', () => {});
    test.each([1])("it's %s [three]", () => {});
    const list = ['not a test [four]'];
    test('[five] stands first', () => {});`;
  expect(testsOf('a.test.ts', source)).toEqual([
    { tag: 'one', file: 'a.test.ts', name: 'a name' },
    { tag: 'CVE-2020-1', file: 'a.test.ts', name: 'a name' },
    { tag: 'two', file: 'a.test.ts', name: 'a name' },
    { tag: 'three', file: 'a.test.ts', name: "it's %s" },
  ]);
});

test('a line without a test, a line that waits though tested, and an unknown tag are faults', () => {
  const lines = [
    { tag: 'a', mustHold: '' },
    { tag: 'b', mustHold: '', waitsFor: 'exports' },
    { tag: 'c', mustHold: '', waitsFor: 'exports' },
  ];
  const named = (tag: string) => ({ tag, file: 'x.test.ts', name: 'x' });
  expect(faultsBetween(lines, [named('b'), named('z')])).toEqual([
    expect.stringMatching(/^a has no test/),
    expect.stringMatching(/^b has a test now/),
    expect.stringMatching(/names z, which is in no list/),
  ]);
});

import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { attacks, rules, type SecurityLine } from './lines.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
export const DOCUMENT = path.join(ROOT, 'docs', 'security-tests.md');
const TEST_FILES = '{bench,bin,contract,core,e2e,server,web}/**/*.test.{ts,tsx}';
/** A whole string of one line that ends in one or more tags, as names of tests do. */
const TAGGED = /(['"`])(?!\s*\[)((?:(?!\1)[^\\\n]|\\.)*?)((?: \[[\w-]+(?:, [\w-]+)*\])+)\1,/g;

/** Where a line is tested. */
export interface SecurityTest {
  tag: string;
  file: string;
  name: string;
}

/** Holds examples of tags. */
const OWN_TEST = 'server/security/security-tests.test.ts';

/** Every test whose name ends in [tag], in the order of the files. */
export function findSecurityTests(): SecurityTest[] {
  return globSync(TEST_FILES, { cwd: ROOT, exclude: [OWN_TEST] })
    .sort()
    .flatMap((file) => testsOf(file, readFileSync(path.join(ROOT, file), 'utf8')));
}

export function testsOf(file: string, source: string): SecurityTest[] {
  return [...source.matchAll(TAGGED)].flatMap(([, , name, tags]) =>
    [...tags.matchAll(/[\w-]+/g)].map(([tag]) => ({
      tag,
      file: file.replaceAll(path.sep, '/'),
      name: name.replace(/\\(.)/g, '$1'),
    })),
  );
}

/** Whatever a test may name to stand for the line. */
function idsOf({ tag, learntFrom = '' }: SecurityLine): string[] {
  return [tag, ...(learntFrom.match(/\b(?:CVE-\d+-\d+|GHSA(?:-\w{4}){3})\b/g) ?? [])];
}

/** Each test once, whichever of the line's advisories it names. */
function testsFor(line: SecurityLine, tests: readonly SecurityTest[]): SecurityTest[] {
  const named = tests.filter(({ tag }) => idsOf(line).includes(tag));
  return named.filter(
    (test, at) => named.findIndex(({ file, name }) => file === test.file && name === test.name) === at,
  );
}

/** @returns what is wrong between the lines and the tests, a sentence each */
export function faultsBetween(lines: readonly SecurityLine[], tests: readonly SecurityTest[]): string[] {
  const known = new Set(lines.flatMap(idsOf));
  const isTested = (line: SecurityLine) => testsFor(line, tests).length > 0;
  return [
    ...lines
      .filter((line) => !isTested(line) && line.waitsFor === undefined)
      .map(({ tag }) => `${tag} has no test: let the name of one end in [${tag}]`),
    ...lines
      .filter((line) => isTested(line) && line.waitsFor !== undefined)
      .map(({ tag }) => `${tag} has a test now: take its waitsFor out of server/security/lines.ts`),
    ...tests
      .filter(({ tag }) => !known.has(tag))
      .map(({ tag, file, name }) => `${file}: "${name}" names ${tag}, which is in no list`),
  ];
}

/** docs/security-tests.md as it should be. */
export function describeSecurityTests(tests: readonly SecurityTest[]): string {
  return [
    '# Security tests',
    'Made by `npm run security-tests` from `server/security/lines.ts` and the names of the tests; a test fails when a line has none, or when this page is not up to date. `npm test -- security` runs the files named here.',
    '## Attacks',
    'Lessons of published advisories against systems of this kind.',
    tableOf(attacks, tests),
    '## HIPAA 164.312 and OWASP ASVS 5.0',
    tableOf(rules, tests),
    '',
  ].join('\n\n');
}

function tableOf(lines: readonly SecurityLine[], tests: readonly SecurityTest[]): string {
  const rows = lines.map((line) => {
    const { tag, learntFrom, mustHold, waitsFor } = line;
    const shown = testsFor(line, tests).map(({ file, name }) => `\`${file}\` ${escaped(name)}`);
    const from = learntFrom === undefined ? tag : `${tag} (${learntFrom})`;
    return `| ${from} | ${escaped(mustHold)} | ${waitsFor ? `waits for ${waitsFor}` : shown.join('<br>')} |`;
  });
  return ['| line | must hold | tested by |', '| --- | --- | --- |', ...rows].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

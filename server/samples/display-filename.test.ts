import { expect, test } from 'vitest';
import { displayFilename } from './display-filename.ts';

test.each([
  ['field 1.tif', 'field 1.tif'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\scans\\a.png', 'a.png'],
  ['a\u0000b\r\nc\u202egnp.exe', 'abcgnp.exe'],
  ['<img src=x>.png', '<img src=x>.png'],
  ['  ', 'unnamed'],
  ['..', 'unnamed'],
  [undefined, 'unnamed'],
  ['Zelle\u0301.png', 'Zell\u00e9.png'],
])('%j is shown as %j [CVE-2026-47682]', (given, shown) => expect(displayFilename(given)).toBe(shown));

test('a long name keeps its extension and is never cut within a character', () => {
  const name = displayFilename(`${'🔬'.repeat(400)}.jpeg`);
  expect([...name]).toHaveLength(255);
  expect(name.endsWith('🔬.jpeg')).toBe(true);
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { synthesizeField } from '../../core/synthesis/synthesize-field.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'balscope-cli-'));
const good = path.join(folder, 'field one.png');
const broken = path.join(folder, 'broken.png');

beforeAll(async () => {
  const { image } = synthesizeField({ seed: 3, width: 300, height: 220, counts: { 'WBC-Macrophage': 6 } });
  const { data, width, height } = image;
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(good);
  writeFileSync(broken, 'no image');
});

afterAll(() => rmSync(folder, { recursive: true }));

function balscope(...args: string[]) {
  const run = spawnSync(process.execPath, [path.join(ROOT, 'bin/balscope.js'), ...args], {
    encoding: 'utf8',
  });
  return { ...run, lines: run.stdout.split('\n').filter(Boolean) };
}

test('prints one JSON line an image, with cells in pixels of the file', () => {
  const { status, lines, stderr } = balscope('detect', '--preset', 'bal', '--set', 'min_area=0.3', good);
  expect(status).toBe(0);
  expect(lines).toHaveLength(1);
  const answer = JSON.parse(lines[0]);
  expect(answer).toMatchObject({ file: good, width: 300, height: 220, engine: 'tree' });
  expect(answer.parameters.min_area).toBe(0.3);
  expect(answer.cells.length).toBeGreaterThanOrEqual(5);
  for (const { x, y, width, height, cell_type, confidence, uncertain, nucleus } of answer.cells) {
    expect(uncertain).toBeTypeOf('boolean');
    expect(cell_type).toMatch(/^WBC-/);
    expect(confidence).toBeLessThanOrEqual(1);
    expect(nucleus.x > x && nucleus.x < x + width && nucleus.y > y && nucleus.y < y + height).toBe(true);
    expect(nucleus.outline.every((point: number[]) => point.length === 2)).toBe(true);
  }
  expect(stderr).toContain(`1/1 ${good}: ${answer.cells.length} cells`);
});

test('a file that fails does not stop the others', () => {
  const { status, lines, stderr } = balscope('detect', broken, path.join(folder, 'missing.png'), good);
  expect(status).toBe(1);
  expect(lines.map((line) => JSON.parse(line).file)).toEqual([good]);
  const errors = stderr.split('\n').filter((line) => line.startsWith('{'));
  expect(errors.map((line) => JSON.parse(line).file)).toEqual([broken, path.join(folder, 'missing.png')]);
});

test.each([
  [['detect'], 'name at least one image'],
  [['detect', '--set', 'min_area', 'a.png'], '--set min_area: write it as NAME=VALUE'],
  [['detect', '--set', 'min_area=7', 'a.png'], 'min_area: "7" is not allowed; use a number from 0.1 to 1'],
  [['detect', '--microns-per-pixel', 'x', 'a.png'], '--microns-per-pixel x: give a number above 0'],
  [['detect', '--speed', 'a.png'], '--speed'],
  [['detect', '--engine', 'forest', 'a.png'], 'engine: "forest" is not allowed; use one of tree, opencv'],
  [['detect', '--set', 'circularity=1', 'a.png'], 'circularity: no such detection parameter of engine tree'],
  [['count'], 'no command count'],
  [[], 'Usage: balscope detect'],
])('%j is refused with status 2', (args, message) => {
  const { status, stderr, lines } = balscope(...args);
  expect([status, lines]).toEqual([2, []]);
  expect(stderr).toContain(message);
});

test('explains itself', () => {
  expect(balscope('--help').stdout).toContain('Usage: balscope detect');
  expect(balscope('detect', '--parameters').stdout).toContain(
    'nucleus_diameter = 20  (8–60 working px; tree, opencv)',
  );
});

test('microns per pixel set the scale', () => {
  const [line] = balscope('detect', '--microns-per-pixel', '0.4', good).lines;
  expect(JSON.parse(line)).toMatchObject({ downscale: 1, scale_source: 'microns_per_pixel' });
});

test('the second engine finds cells too, with its own parameters', () => {
  const { status, lines } = balscope('detect', '--engine', 'opencv', '--set', 'circularity=0.4', good);
  expect(status).toBe(0);
  const { engine, version, parameters, cells } = JSON.parse(lines[0]);
  expect([engine, version]).toEqual(['opencv', '4.12.0-release.1']);
  expect(parameters).toMatchObject({ circularity: 0.4, threshold: 'auto' });
  expect(parameters).not.toHaveProperty('min_score');
  expect(cells.length).toBeGreaterThanOrEqual(4);
});

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const RUNS = 7;

/** What the browser's worker loads: detection with its kernels. */
const ENTRY: Record<string, string> = {
  'detect-cells.ts': 'detectInScore, prepareScore',
  'kernels/create-kernels.ts': 'createKernels',
  'parameters.ts': 'parseDetectionParameters',
};

/** Starts a fresh process, loads the bundle, makes the kernels and detects in one small image. */
const READY = `
const startedAt = performance.now();
const engine = await import(process.argv[1]);
const kernels = engine.createKernels();
const parameters = engine.parseDetectionParameters({ downscale: 1 });
const image = { data: new Uint8Array(64 * 64 * 3).fill(230), width: 64, height: 64, channels: 3 };
engine.detectInScore(engine.prepareScore(image, parameters, undefined, kernels), parameters, kernels);
process.stdout.write(String(performance.now() - startedAt));
`;

/** Bundles the engine as the web does; its size, and the median time until it has answered once. */
export async function browserEngine(folder: string): Promise<{ gzipBytes: number; readyMs: number }> {
  const detection = path.join(import.meta.dirname, '../core/detection');
  const entry = path.join(folder, 'engine-entry.ts');
  const lines = Object.entries(ENTRY).map(
    ([file, names]) => `export { ${names} } from '${detection}/${file}';`,
  );
  writeFileSync(entry, lines.join('\n'));
  const result = await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: true, lib: { entry, formats: ['es'] } },
  });
  const [bundle] = Array.isArray(result) ? result : [result];
  if (!('output' in bundle)) throw new Error('vite watched instead of building');
  const code = bundle.output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('');
  const file = path.join(folder, 'engine.mjs');
  writeFileSync(file, code);
  const times = Array.from({ length: RUNS }, () => {
    const node = spawnSync(process.execPath, ['--input-type=module', '-e', READY, file], {
      encoding: 'utf8',
    });
    if (node.status !== 0) throw new Error(`the bundled engine fails:\n${node.stderr}`);
    return Number(node.stdout);
  });
  return { gzipBytes: gzipSync(code).length, readyMs: times.sort((a, b) => a - b)[RUNS >> 1] };
}

// Compiles core/detection/kernels/*.as.ts and writes their bytes where core finds them: npm run kernels
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

const KERNELS = path.join(import.meta.dirname, '../core/detection/kernels');

/** The module that core imports, made from the sources. */
export function compiledModule(): string {
  const compiler = path.join(
    path.dirname(createRequire(import.meta.url).resolve('assemblyscript/package.json')),
    'bin/asc.js',
  );
  const sources = readdirSync(KERNELS)
    .filter((name) => name.endsWith('.as.ts'))
    .sort();
  const folder = mkdtempSync(path.join(tmpdir(), 'balscope-kernels-'));
  try {
    const target = path.join(folder, 'kernels.wasm');
    const options = [
      '-O3',
      '--shrinkLevel',
      '1',
      '--noAssert',
      '--enable',
      'simd',
      '--runtime',
      'stub',
      '--initialMemory',
      '1',
    ];
    const run = spawnSync(process.execPath, [compiler, ...sources, '-o', target, ...options], {
      cwd: KERNELS,
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(`the kernels do not compile:\n${run.stderr.slice(0, 2000)}`);
    const lines = readFileSync(target)
      .toString('base64')
      .match(/.{1,100}/g)!;
    return [
      '// Written by `npm run kernels` from the .as.ts files beside it; change those, not this file.',
      'export const SIMD_KERNELS_WASM =',
      lines
        .map((line) => `  '${line}'`)
        .join(' +\n')
        .concat(';\n'),
    ].join('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) writeFileSync(path.join(KERNELS, 'simd-kernels-wasm.ts'), compiledModule());

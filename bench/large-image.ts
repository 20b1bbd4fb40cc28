// Processes a tiled TIFF as a worker does, in a job process with the limits of one, and prints seconds, the peak of
// its memory and whether the cells are those of one pass over the decoded image:
//   node bench/large-image.ts [--side 20000] [--memory-mb 2048] [--no-single-pass]
// One pass needs about 3 GB for 400 megapixels.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { detectCells } from '../core/detection/detect-cells.ts';
import { createKernels } from '../core/detection/kernels/create-kernels.ts';
import { packCells } from '../core/detection/pack-detected-cells.ts';
import { encodePackedCells } from '../core/detection/packed-cells.ts';
import { parseDetectionParameters } from '../core/detection/parameters.ts';
import { synthesizeField } from '../core/synthesis/synthesize-field.ts';
import { decodeImage } from '../server/processing/decode-image.ts';
import type { ProcessedImage } from '../server/processing/image-tasks.ts';
import { openJobProcesses } from '../server/processing/job-processes.ts';

const { values: options } = parseArgs({
  options: {
    side: { type: 'string', default: '20000' },
    'memory-mb': { type: 'string', default: '2048' },
    'no-single-pass': { type: 'boolean', default: false },
    'single-pass': { type: 'string' },
  },
});
const side = Number(options.side);
const LIMITS = { decodedPixels: 100_000_000, tiledPixels: 10_000_000_000 };

if (options['single-pass']) await printSinglePass(options['single-pass']);
else await run();

async function run(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'balscope-large-'));
  try {
    const file = path.join(folder, 'large.tif');
    await drawTiff(file);
    print(`tiled TIFF, ${side} × ${side} px, ${megabytes(statSync(file).size)} MB on disk`);
    const { result, seconds, peakBytes } = await processInTiles(file, folder);
    const megapixels = side ** 2 / 1e6;
    print(`in tiles: ${seconds.toFixed(1)} s (${((1000 * seconds) / megapixels).toFixed(0)} ms a megapixel)`);
    print(
      `  peak memory of the process ${megabytes(peakBytes)} MB, limit ${options['memory-mb']} MB of data`,
    );
    print(`  ${result.cellCount} cells, scale ${result.downscale?.toFixed(2)} (${result.scaleSource})`);
    if (options['no-single-pass']) return;
    // A process of its own: what it needs is no part of the figures above.
    const single = spawnSync(process.execPath, [import.meta.filename, '--single-pass', file], {
      maxBuffer: 1e9,
    });
    if (single.status !== 0) throw new Error(single.stderr.toString());
    const isSame = single.stdout.equals(Buffer.from(result.cells));
    print(`one pass: ${isSame ? 'the same cells, byte for byte' : 'OTHER CELLS'}`);
    if (!isSame) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A synthetic field side by side with itself. */
async function drawTiff(file: string): Promise<void> {
  const [width, height] = [2003, 1607];
  const counts = { 'WBC-Macrophage': 110, 'WBC-Lymphocyte': 55, 'WBC-Neutrophil': 35, RBC: 30, Debris: 15 };
  const { image } = synthesizeField({ seed: 3, width, height, counts, nucleusDiameterPx: 32 });
  await sharp(image.data, { raw: { width, height, channels: 3 } })
    .extend({ right: side - width, bottom: side - height, extendWith: 'repeat' })
    .tiff({ tile: true, tileWidth: 256, tileHeight: 256, compression: 'jpeg', quality: 90, bigtiff: true })
    .toFile(file);
}

async function processInTiles(file: string, jobFolder: string) {
  const processes = openJobProcesses({
    processes: 1,
    memoryBytes: Number(options['memory-mb']) * 1024 * 1024,
    cacheBytes: 0,
    longestTaskMs: 3600_000,
    longestQueue: 1,
  });
  let peakBytes = 0;
  const watch = setInterval(() => {
    for (const pid of processes.pids()) peakBytes = Math.max(peakBytes, peakOf(pid));
  }, 200);
  const startedAt = performance.now();
  try {
    const result: ProcessedImage = await processes.run(
      'process',
      {
        source: { path: file },
        limits: LIMITS,
        engine: 'tree',
        parameters: {},
        micronsPerPixel: undefined,
        jobFolder,
      },
      { timeoutMs: 3600_000, onProgress: (done) => process.stderr.write(`\r${Math.round(100 * done)} % `) },
    );
    return { result, seconds: (performance.now() - startedAt) / 1000, peakBytes };
  } finally {
    clearInterval(watch);
    processes.close();
  }
}

async function printSinglePass(file: string): Promise<void> {
  const image = await decodeImage(file, { maxPixels: LIMITS.tiledPixels });
  const { cells } = detectCells(image, parseDetectionParameters({}), undefined, createKernels());
  process.stdout.write(encodePackedCells(packCells(cells)));
}

/** Linux keeps the peak of a process. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

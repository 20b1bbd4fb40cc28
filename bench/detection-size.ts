// Detects once in a field repeated to a number of megapixels; prints time and memory as JSON. See detection.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import { detectInScore, prepareScore } from '../core/detection/detect-cells.ts';
import type { RgbImage } from '../core/detection/image.ts';
import { createKernels } from '../core/detection/kernels/create-kernels.ts';
import { parseDetectionParameters } from '../core/detection/parameters.ts';
import { decodeImage } from '../server/processing/decode-image.ts';

const [file, megapixels] = process.argv.slice(2);
const kernels = createKernels();
const parameters = parseDetectionParameters({ downscale: 4 });
const field = await decodeImage(file, { maxPixels: 1e9 });
detect(field);
detect(field);
const image = repeated(field, Number(megapixels) * 1e6);
globalThis.gc?.();
const heldBefore = process.memoryUsage.rss();
forgetPeak();
const times = Array.from({ length: image.data.length < 1e9 ? 3 : 1 }, () => {
  const startedAt = performance.now();
  detect(image);
  return performance.now() - startedAt;
});
const ms = times.sort((a, b) => a - b)[times.length >> 1];
const bytesPerPixel = (peakBytes() - heldBefore) / (image.width * image.height);
process.stdout.write(`${JSON.stringify({ ms, bytesPerPixel })}\n`);

/** Linux counts the peak of a process from here on; elsewhere it stays that of its whole life. */
function forgetPeak(): void {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
}

function peakBytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;
}

function detect(source: RgbImage): number {
  return detectInScore(prepareScore(source, parameters, undefined, kernels), parameters, kernels).cells
    .length;
}

/** An image of so many pixels and the shape of the field, filled with its copies. */
function repeated({ data, width, height }: RgbImage, pixels: number): RgbImage {
  const factor = Math.sqrt(pixels / (width * height));
  const wide = Math.round(width * factor);
  const high = Math.round(height * factor);
  const filled = new Uint8Array(wide * high * 3);
  for (let y = 0; y < high; y++) {
    const row = data.subarray((y % height) * width * 3, ((y % height) + 1) * width * 3);
    for (let x = 0; x < wide; x += width) {
      filled.set(row.subarray(0, 3 * Math.min(width, wide - x)), (y * wide + x) * 3);
    }
  }
  return { data: filled, width: wide, height: high, channels: 3 };
}

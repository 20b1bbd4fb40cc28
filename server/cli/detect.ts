import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import type { DetectionResult } from '../../core/detection/detect-cells.ts';
import { parseEngine } from '../../core/detection/engine-choice.ts';
import type { RgbImage } from '../../core/detection/image.ts';
import { createKernels } from '../../core/detection/kernels/create-kernels.ts';
import {
  DETECTION_PARAMETERS,
  type DetectionEngine,
  type DetectionParameters,
  describeParameters,
  parseDetectionParameters,
} from '../../core/detection/parameters.ts';
import { detectWithEngine } from '../detection-opencv/detect-with-engine.ts';

export interface DetectContext {
  decodeImage(file: string, limits: { maxPixels: number }): Promise<RgbImage>;
  stdout: Writable;
  stderr: Writable;
}

/** About 800 MB decoded: the largest that an ordinary machine holds. */
const MAX_PIXELS = 268_402_689;

interface DetectCall {
  files: string[];
  engine: DetectionEngine;
  parameters: DetectionParameters;
  micronsPerPixel?: number;
}

/** `balscope detect`; returns the exit status. */
export async function detectCommand(args: readonly string[], context: DetectContext): Promise<number> {
  if (args.includes('--parameters')) {
    context.stdout.write(parameterTable());
    return 0;
  }
  let call: DetectCall;
  try {
    call = parseDetectCall(args);
  } catch (error) {
    context.stderr.write(`balscope detect: ${messageOf(error)}\n`);
    return 2;
  }
  const kernels = createKernels();
  let failures = 0;
  for (const [index, file] of call.files.entries()) {
    try {
      const image = await context.decodeImage(file, { maxPixels: MAX_PIXELS });
      const startedAt = performance.now();
      const result = await detectWithEngine(
        call.engine,
        image,
        call.parameters,
        call.micronsPerPixel,
        kernels,
      );
      const ms = Math.round(performance.now() - startedAt);
      context.stderr.write(
        `${index + 1}/${call.files.length} ${file}: ${result.cells.length} cells, ${ms} ms\n`,
      );
      if (!context.stdout.write(`${JSON.stringify(toWire(file, call.engine, result))}\n`))
        await once(context.stdout, 'drain');
    } catch (error) {
      failures++;
      context.stderr.write(`${JSON.stringify({ file, error: messageOf(error) })}\n`);
    }
  }
  return failures > 0 ? 1 : 0;
}

function parseDetectCall(args: readonly string[]): DetectCall {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      engine: { type: 'string', default: 'tree' },
      preset: { type: 'string' },
      'microns-per-pixel': { type: 'string' },
      set: { type: 'string', multiple: true },
    },
  });
  if (positionals.length === 0) throw new RangeError('name at least one image');
  const settings: Record<string, string> = values.preset === undefined ? {} : { preset: values.preset };
  for (const setting of values.set ?? []) {
    const [, name, value] = /^([^=]+)=(.*)$/.exec(setting) ?? [];
    if (name === undefined) throw new RangeError(`--set ${setting}: write it as NAME=VALUE`);
    settings[name] = value;
  }
  const micronsPerPixel = values['microns-per-pixel'];
  if (micronsPerPixel !== undefined && !(Number(micronsPerPixel) > 0)) {
    throw new RangeError(`--microns-per-pixel ${micronsPerPixel}: give a number above 0`);
  }
  const engine = parseEngine(values.engine);
  return {
    files: positionals,
    engine,
    parameters: parseDetectionParameters(settings, engine),
    micronsPerPixel: micronsPerPixel === undefined ? undefined : Number(micronsPerPixel),
  };
}

function toWire(file: string, engine: DetectionEngine, result: DetectionResult) {
  return {
    file,
    width: result.width,
    height: result.height,
    cells: result.cells.map((cell) => ({
      x: rounded(cell.x),
      y: rounded(cell.y),
      width: rounded(cell.width),
      height: rounded(cell.height),
      cell_type: cell.cellType,
      confidence: Math.round(cell.confidence * 1000) / 1000,
      uncertain: cell.uncertain === true,
      nucleus: {
        x: rounded(cell.nucleus.x),
        y: rounded(cell.nucleus.y),
        area_px: rounded(cell.nucleus.areaPx),
        outline: pointsOf(cell.nucleus.outline),
      },
    })),
    parameters: describeParameters(result.parameters, engine),
    downscale: result.downscale,
    scale_source: result.scaleSource,
    engine,
    version: result.version,
  };
}

function pointsOf(outline: Float32Array): [number, number][] {
  return Array.from({ length: outline.length / 2 }, (_, i) => [
    rounded(outline[2 * i]),
    rounded(outline[2 * i + 1]),
  ]);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function parameterTable(): string {
  return DETECTION_PARAMETERS.map(
    ({ name, unit, min, max, choices, engines, default: usual, description }) => {
      const range = [choices?.join('|'), min === undefined ? undefined : `${min}–${max}`]
        .filter(Boolean)
        .join(' or ');
      return `${name} = ${usual}  (${[range, unit].filter(Boolean).join(' ')}; ${engines.join(', ')})\n    ${description}\n`;
    },
  ).join('');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

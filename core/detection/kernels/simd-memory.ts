import { decodeBase64 } from './base64.ts';
import { SIMD_KERNELS_WASM } from './simd-kernels-wasm.ts';

/** What the compiled kernels export; pointers are byte offsets into their memory. See the `.as.ts` files. */
export interface SimdExports {
  memory: { buffer: ArrayBuffer; grow(pages: number): number };
  mixRows(source: number, length: number, weights: number, rows: number, mixed: number): void;
  mixColumns(
    mixed: number,
    first: number,
    places: number,
    weights: number,
    target: number,
    width: number,
  ): void;
  readRows(
    rgb: number,
    width: number,
    rows: number,
    density: number,
    red: number,
    green: number,
    blue: number,
    empty: number,
    densityOf: number,
  ): void;
  scorePixels(
    rgb: number,
    score: number,
    count: number,
    tables: number,
    cubeRoot: number,
    green: number,
  ): void;
  scoreColour(
    red: number,
    green: number,
    blue: number,
    target: number,
    count: number,
    densities: number,
    weights: number,
  ): void;
  addDetailRows(
    colour: number,
    density: number,
    target: number,
    width: number,
    rows: number,
    detail: number,
    line: number,
  ): void;
  blurRows(source: number, across: number, target: number, width: number, rows: number): void;
  countGradients(source: number, width: number, histograms: number): void;
  packRows(values: number, words: number, width: number, rows: number, threshold: number): void;
}

/** Core knows neither the DOM's nor Node's types. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: SimdExports };
};

const PAGE_BYTES = 65536;

/** Vector loads and stores may reach past the end of what they are for. */
const SLACK_BYTES = 64;

/** The compiled kernels with their memory, which grows to what one call needs and is reused by the next. */
export class SimdMemory {
  readonly exports: SimdExports;

  private constructor(exports: SimdExports) {
    this.exports = exports;
  }

  /** @returns undefined where WebAssembly or its SIMD instructions are missing or forbidden */
  static open(): SimdMemory | undefined {
    try {
      const module = new WebAssembly.Module(decodeBase64(SIMD_KERNELS_WASM));
      return new SimdMemory(new WebAssembly.Instance(module).exports);
    } catch {
      return undefined;
    }
  }

  /** Places for blocks of the given sizes, in bytes; what was there before is lost. */
  reserve(...sizes: number[]): number[] {
    const places: number[] = [];
    let end = SLACK_BYTES;
    for (const size of sizes) {
      places.push(end);
      end = (end + size + SLACK_BYTES + 15) & ~15;
    }
    const { memory } = this.exports;
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    return places;
  }

  bytes(place: number, length: number): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, place, length);
  }

  write(place: number, values: Int32Array | BigInt64Array): void {
    this.bytes(place, values.byteLength).set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    );
  }
}

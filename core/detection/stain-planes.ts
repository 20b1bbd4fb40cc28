import { blurBinomial5 } from './blur.ts';

/** Red, green and blue of an image at half its size, apart. */
export interface HalfSizeColour {
  /** Half of the image's width and height, rounded up, px. */
  width: number;
  height: number;
  /** Mean of two by two pixels, at odd borders of the last ones: length width × height, 0–255. */
  red: Uint8Array;
  green: Uint8Array;
  blue: Uint8Array;
}

/** What is read of the stain in one pass over the pixels, smoothed (`blurBinomial5`). */
export interface StainPlanes {
  /** Total optical density × 100 of each pixel: length width × height, 0–255. */
  density: Uint8Array;
  half: HalfSizeColour;
}

/** Looks up the total optical density of a pixel on one slide. */
export interface DensityLookup {
  /** Red, green and blue of the empty slide, 1–255. */
  background: readonly number[];
  /** Total density × 100 by `lightBin`: length LIGHT_BINS. */
  density: Uint8Array;
}

const BINS_PER_OCTAVE = 128;

/** The product of three 8-bit values has 24 bits. */
const OCTAVES = 24;
export const LIGHT_BINS = OCTAVES * BINS_PER_OCTAVE;

/**
 * Optical densities add up as the lights multiply (Beer–Lambert), so that the total density needs one logarithm of
 * the product of red, green and blue. Brighter than the background counts as the background.
 * @param background red, green, blue of the empty slide, whole numbers 1–255
 */
export function densityLookup(background: readonly number[]): DensityLookup {
  const empty = 100 * Math.log10(background[0] * background[1] * background[2]);
  const density = new Uint8Array(LIGHT_BINS);
  for (let bin = 0; bin < LIGHT_BINS; bin++) {
    density[bin] = Math.min(255, Math.max(0, Math.floor(empty - LOGARITHMS[bin])));
  }
  return { background, density };
}

/** 100 × the decimal logarithm of the middle of each bin. */
const LOGARITHMS = Float64Array.from({ length: LIGHT_BINS }, (_, bin) => {
  const place = ((bin % BINS_PER_OCTAVE) + 0.5) / BINS_PER_OCTAVE;
  return 100 * Math.log10(2 ** Math.floor(bin / BINS_PER_OCTAVE) * (1 + place));
});

/** Octave of a product of lights and its place in it: as in its 32-bit float, exponent and first bits of the mantissa. */
function lightBin(product: number): number {
  const octave = 31 - Math.clz32(product);
  return octave * BINS_PER_OCTAVE + Math.floor(product * 2 ** (7 - octave)) - BINS_PER_OCTAVE;
}

/**
 * Reads the total density of every pixel and the colour at half size, and smooths both.
 * @param rgb length width × height × 3, 0–255
 */
export function readStain(
  rgb: Uint8Array,
  width: number,
  height: number,
  { background: [emptyRed, emptyGreen, emptyBlue], density: densityOf }: DensityLookup,
): StainPlanes {
  const density = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < density.length; i++, at += 3) {
    const red = Math.max(1, Math.min(emptyRed, rgb[at]));
    const green = Math.max(1, Math.min(emptyGreen, rgb[at + 1]));
    const blue = Math.max(1, Math.min(emptyBlue, rgb[at + 2]));
    density[i] = densityOf[lightBin(red * green * blue)];
  }
  const half = halfSizeColour(rgb, width, height);
  const smooth = (plane: Uint8Array) => blurBinomial5(plane, half.width, half.height);
  return {
    density: blurBinomial5(density, width, height),
    half: { ...half, red: smooth(half.red), green: smooth(half.green), blue: smooth(half.blue) },
  };
}

function halfSizeColour(rgb: Uint8Array, width: number, height: number): HalfSizeColour {
  const half = emptyHalf(width, height);
  const planes = [half.red, half.green, half.blue];
  for (let y = 0, to = 0; y < half.height; y++) {
    const above = 2 * y * width * 3;
    const below = Math.min(height - 1, 2 * y + 1) * width * 3;
    for (let x = 0; x < half.width; x++, to++) {
      const left = 2 * x * 3;
      const right = Math.min(width - 1, 2 * x + 1) * 3;
      for (let c = 0; c < 3; c++) {
        const sum =
          rgb[above + left + c] + rgb[above + right + c] + rgb[below + left + c] + rgb[below + right + c];
        planes[c][to] = (sum + 2) >> 2;
      }
    }
  }
  return half;
}

/** Planes of the right size for an image's colour at half size. */
export function emptyHalf(width: number, height: number): HalfSizeColour {
  const half = { width: (width + 1) >> 1, height: (height + 1) >> 1 };
  const plane = () => new Uint8Array(half.width * half.height);
  return { ...half, red: plane(), green: plane(), blue: plane() };
}

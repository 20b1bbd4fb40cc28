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

/** A 15-bit place in an octave, and what 1 is in it. */
const PLACE_BITS = 15;
const PLACE_UNIT = 2 ** PLACE_BITS;

/** A binary logarithm is its octave and the place in it, but for a bulge of at most 0.086: about this × place × (1 − place). */
const BULGE = Math.round(0.344 * PLACE_UNIT);

/** Logarithms are kept in this fraction of a hundredth of optical density; an octave of light has so many. */
const STEPS_PER_HUNDREDTH = 32;
const STEPS_PER_OCTAVE = Math.round(100 * Math.log10(2) * STEPS_PER_HUNDREDTH);

/**
 * Logarithm of a whole number from 1 to below 2^24 in steps of STEPS_PER_OCTAVE, in whole-number arithmetic so that
 * every machine gives the same; within 0.009 octaves.
 */
export function wholeLogarithm(value: number): number {
  const octave = 31 - Math.clz32(value);
  const place = Math.floor(value * 2 ** (PLACE_BITS - octave)) - PLACE_UNIT;
  const bulge = roundedProduct(roundedProduct(place, PLACE_UNIT - 1 - place), BULGE);
  return (
    octave * STEPS_PER_OCTAVE + roundedProduct(Math.min(PLACE_UNIT - 1, place + bulge), STEPS_PER_OCTAVE)
  );
}

/** Product of two shares of PLACE_UNIT. */
function roundedProduct(a: number, b: number): number {
  return (a * b + PLACE_UNIT / 2) >> PLACE_BITS;
}

/**
 * Reads the total density of every pixel and the colour at half size, and smooths both. Optical densities
 * add up as the lights multiply (Beer–Lambert), so that the total density needs one logarithm of the product of red,
 * green and blue. Brighter than the background counts as the background.
 * @param rgb length width × height × 3, 0–255
 * @param background red, green, blue of the empty slide, whole numbers 1–255
 */
export function readStain(
  rgb: Uint8Array,
  width: number,
  height: number,
  [emptyRed, emptyGreen, emptyBlue]: readonly number[],
): StainPlanes {
  const density = new Uint8Array(width * height);
  const empty = wholeLogarithm(emptyRed * emptyGreen * emptyBlue);
  for (let i = 0, at = 0; i < density.length; i++, at += 3) {
    const red = Math.max(1, Math.min(emptyRed, rgb[at]));
    const green = Math.max(1, Math.min(emptyGreen, rgb[at + 1]));
    const blue = Math.max(1, Math.min(emptyBlue, rgb[at + 2]));
    const steps = Math.max(0, empty - wholeLogarithm(red * green * blue));
    density[i] = Math.min(255, Math.floor(steps / STEPS_PER_HUNDREDTH));
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

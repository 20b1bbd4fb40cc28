/** A texture over the plane: continuous, repeatable, 0–1. */
export type Texture = (x: number, y: number) => number;

/**
 * Value noise: random values on a grid, joined smoothly.
 * @param period distance between grid points, px
 */
export function valueNoise(seed: number, period: number): Texture {
  return (x, y) => {
    const u = x / period;
    const v = y / period;
    const column = Math.floor(u);
    const row = Math.floor(v);
    const across = smoothStep(u - column);
    const down = smoothStep(v - row);
    const upper = mix(latticeValue(seed, column, row), latticeValue(seed, column + 1, row), across);
    const lower = mix(latticeValue(seed, column, row + 1), latticeValue(seed, column + 1, row + 1), across);
    return mix(upper, lower, down);
  };
}

/**
 * Cellular noise (Worley 1996): distance to the nearest of points scattered one per grid square, in periods,
 * at most 1.
 * @param period side of a grid square, px
 */
export function cellularNoise(seed: number, period: number): Texture {
  return (x, y) => {
    const column = Math.floor(x / period);
    const row = Math.floor(y / period);
    let nearest = 1;
    for (let j = row - 1; j <= row + 1; j++) {
      for (let i = column - 1; i <= column + 1; i++) {
        const pointX = i + latticeValue(seed, i, j);
        const pointY = j + latticeValue(seed + 1, i, j);
        nearest = Math.min(nearest, Math.hypot(x / period - pointX, y / period - pointY));
      }
    }
    return nearest;
  };
}

/** A hash of the seed and a grid point to [0, 1). */
function latticeValue(seed: number, column: number, row: number): number {
  let hash =
    Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(column, 0xc2b2ae35) ^ Math.imul(row, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4294967296;
}

function smoothStep(t: number): number {
  return t * t * (3 - 2 * t);
}

function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

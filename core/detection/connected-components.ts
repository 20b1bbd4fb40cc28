import type { PackedBits } from './bit-pack.ts';

/** Foreground runs of a binary image and the 8-connected components they form. */
export interface Components {
  runCount: number;
  /** First column of each run. */
  runStart: Int32Array;
  /** Column after the last of each run. */
  runEnd: Int32Array;
  runRow: Int32Array;
  /** Component of each run, numbered in raster order of their first run. */
  runComponent: Int32Array;
  /** Runs of row y are rowStart[y] ≤ i < rowStart[y + 1]: length height + 1. */
  rowStart: Int32Array;
  componentCount: number;
  /** px² */
  area: Float64Array;
  /** First run of each component; the others follow by nextRun. */
  firstRun: Int32Array;
  /** Next run of the same component in raster order, −1 after the last. */
  nextRun: Int32Array;
}

/** Finds the 8-connected components by run-length labelling with union-find. */
export function connectedComponents(bits: PackedBits): Components {
  return componentsOf(collectRuns(bits), bits.height);
}

/**
 * Finds the components of a higher threshold inside those of a lower one, looking nowhere else.
 * @param outer components of a lower threshold on the same values
 * @param values length width × height, 0–255
 * @param minArea components of `outer` below this many px² are passed over with all that they hold
 */
export function componentsWithin(
  outer: Components,
  values: Uint8Array,
  width: number,
  threshold: number,
  minArea: number,
): Components {
  return componentsOf(collectRunsWithin(outer, values, width, threshold, minArea), outer.rowStart.length - 1);
}

function componentsOf(runs: Runs, height: number): Components {
  const parent = unionTouchingRuns(runs, height);
  const runComponent = new Int32Array(runs.runCount);
  let componentCount = 0;
  for (let i = 0; i < runs.runCount; i++) {
    const root = findRoot(parent, i);
    // A root is the first run of its component, so it has been numbered before.
    runComponent[i] = root === i ? componentCount++ : runComponent[root];
  }
  const area = new Float64Array(componentCount);
  const firstRun = new Int32Array(componentCount).fill(-1);
  const nextRun = new Int32Array(runs.runCount);
  for (let i = runs.runCount - 1; i >= 0; i--) {
    const component = runComponent[i];
    area[component] += runs.runEnd[i] - runs.runStart[i];
    nextRun[i] = firstRun[component];
    firstRun[component] = i;
  }
  return { ...runs, runComponent, componentCount, area, firstRun, nextRun };
}

type Runs = Pick<Components, 'runCount' | 'runStart' | 'runEnd' | 'runRow' | 'rowStart'>;

function collectRuns({ words, wordsPerRow, width, height }: PackedBits): Runs {
  let capacity = 1024;
  let runStart = new Int32Array(capacity);
  let runEnd = new Int32Array(capacity);
  let runRow = new Int32Array(capacity);
  const rowStart = new Int32Array(height + 1);
  let count = 0;
  for (let y = 0; y < height; y++) {
    rowStart[y] = count;
    if (count + width > capacity) {
      capacity = 2 * capacity + width;
      runStart = enlarged(runStart, capacity);
      runEnd = enlarged(runEnd, capacity);
      runRow = enlarged(runRow, capacity);
    }
    let inside = false;
    for (let k = 0; k < wordsPerRow; k++) {
      // Each set bit of `edges` is a pixel that differs from its left neighbour.
      const word = words[y * wordsPerRow + k];
      let edges = word ^ ((word << 1) | (inside ? 1 : 0));
      const column = k << 5;
      while (edges !== 0) {
        const x = column + 31 - Math.clz32(edges & -edges);
        if (inside) {
          runEnd[count++] = x;
        } else {
          runStart[count] = x;
          runRow[count] = y;
        }
        inside = !inside;
        edges &= edges - 1;
      }
    }
    if (inside) runEnd[count++] = width;
  }
  rowStart[height] = count;
  return { runCount: count, runStart, runEnd, runRow, rowStart };
}

function collectRunsWithin(
  outer: Components,
  values: Uint8Array,
  width: number,
  threshold: number,
  minArea: number,
): Runs {
  const height = outer.rowStart.length - 1;
  let capacity = Math.max(1024, outer.runCount);
  let runStart = new Int32Array(capacity);
  let runEnd = new Int32Array(capacity);
  let runRow = new Int32Array(capacity);
  const rowStart = new Int32Array(height + 1);
  let count = 0;
  for (let y = 0; y < height; y++) {
    rowStart[y] = count;
    if (count + width > capacity) {
      capacity = 2 * capacity + width;
      runStart = enlarged(runStart, capacity);
      runEnd = enlarged(runEnd, capacity);
      runRow = enlarged(runRow, capacity);
    }
    const line = y * width;
    for (let run = outer.rowStart[y]; run < outer.rowStart[y + 1]; run++) {
      if (outer.area[outer.runComponent[run]] < minArea) continue;
      const end = line + outer.runEnd[run];
      let i = line + outer.runStart[run];
      while (i < end) {
        while (i < end && values[i] <= threshold) i++;
        if (i === end) break;
        runStart[count] = i - line;
        runRow[count] = y;
        while (i < end && values[i] > threshold) i++;
        runEnd[count++] = i - line;
      }
    }
  }
  rowStart[height] = count;
  return { runCount: count, runStart, runEnd, runRow, rowStart };
}

function enlarged(values: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(values);
  return larger;
}

function unionTouchingRuns({ runCount, runStart, runEnd, rowStart }: Runs, height: number): Int32Array {
  const parent = new Int32Array(runCount);
  for (let i = 0; i < runCount; i++) parent[i] = i;
  for (let y = 1; y < height; y++) {
    let above = rowStart[y - 1];
    const aboveEnd = rowStart[y];
    for (let i = rowStart[y]; i < rowStart[y + 1]; i++) {
      while (above < aboveEnd && runEnd[above] < runStart[i]) above++;
      for (let j = above; j < aboveEnd && runStart[j] <= runEnd[i]; j++) {
        const a = findRoot(parent, i);
        const b = findRoot(parent, j);
        if (a < b) parent[b] = a;
        else parent[a] = b;
      }
    }
  }
  return parent;
}

function findRoot(parent: Int32Array, start: number): number {
  let i = start;
  while (parent[i] !== i) {
    parent[i] = parent[parent[i]];
    i = parent[i];
  }
  return i;
}

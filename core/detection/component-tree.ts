import { type Components, componentsWithin, connectedComponents } from './connected-components.ts';
import { type Edges, edgeStrengthAt } from './edge-strength.ts';
import { componentMoments, ellipseFit } from './ellipse.ts';
import { type Kernels, PLAIN_KERNELS } from './kernels/kernels.ts';

/** What the tree looks for. Areas in px² at the scale of the score. */
export interface TreeSearch {
  /** Ascending thresholds in steps of the 8-bit score. */
  thresholds: readonly number[];
  minArea: number;
  maxArea: number;
  /** Least ellipse fit + edgeWeight × edge contrast of a region that is kept. */
  minScore: number;
  /** Weight of the edge contrast (0–1) beside the ellipse fit (0–1). */
  edgeWeight: number;
  /** By how much several parts must score above their union to replace it. */
  splitMargin: number;
}

/** A connected region of pixels. */
export interface Region {
  /** px², holes not filled */
  area: number;
  /** Centroid in pixel indices. */
  x: number;
  y: number;
  /** Ellipse fit plus weighted edge contrast. */
  score: number;
  /** Every pixel of the region has a score above this one (8-bit steps). */
  threshold: number;
  /** Row, first column, column after the last of each run, in raster order: length 3 × runs. */
  runs: Int32Array;
}

interface TreeNode {
  level: number;
  component: number;
  area: number;
  /** −1 when larger or longer than a nucleus can be. */
  score: number;
  x: number;
  y: number;
  children: number[];
}

interface Tree {
  nodes: TreeNode[];
  roots: number[];
  levels: Components[];
}

/**
 * Finds compact, sharply bounded regions without one global threshold: the components of a ladder of
 * thresholds form a tree; each that is neither too large nor too long is scored by how well its moment ellipse
 * fits and how sharp its edge is;
 * dynamic programming picks the best set of regions that do not overlap.
 * (Own choice after the component trees of Jones 1999 and the ellipse scoring of Arteta et al. 2012.)
 * @param edges the score and what counts as an edge in it
 * @returns regions in raster order of their first pixel
 */
export function findRegions(edges: Edges, search: TreeSearch, kernels: Kernels = PLAIN_KERNELS): Region[] {
  const tree = buildTree(edges, search, kernels);
  const chosen = bestSet(tree, search.splitMargin).filter((node) => node.score >= search.minScore);
  return chosen
    .map((node) => ({
      area: node.area,
      x: node.x,
      y: node.y,
      score: node.score,
      threshold: search.thresholds[node.level],
      runs: runsOf(tree.levels[node.level], node.component),
    }))
    .sort((a, b) => a.runs[0] - b.runs[0] || a.runs[1] - b.runs[1]);
}

function buildTree(edges: Edges, search: TreeSearch, kernels: Kernels): Tree {
  const { smooth, width, height } = edges;
  const tree: Tree = { nodes: [], roots: [], levels: [] };
  let outerNodes = new Int32Array(0);
  for (const [level, threshold] of search.thresholds.entries()) {
    const outer: Components | undefined = tree.levels[level - 1];
    const components = outer
      ? componentsWithin(outer, smooth, width, threshold, search.minArea)
      : connectedComponents(kernels.packAbove(smooth, width, height, threshold));
    const levelNodes = new Int32Array(components.componentCount).fill(-1);
    for (let component = 0; component < components.componentCount; component++) {
      if (components.area[component] < search.minArea) continue;
      const index = tree.nodes.length;
      levelNodes[component] = index;
      tree.nodes.push(scoredNode(components, component, level, edges, search));
      const parent = outer ? outerNodes[componentAround(outer, components, component)] : -1;
      if (parent >= 0) tree.nodes[parent].children.push(index);
      else tree.roots.push(index);
    }
    tree.levels.push(components);
    outerNodes = levelNodes;
  }
  return tree;
}

function scoredNode(
  components: Components,
  component: number,
  level: number,
  edges: Edges,
  { maxArea, edgeWeight }: TreeSearch,
): TreeNode {
  const node = { level, component, area: components.area[component], score: -1, x: 0, y: 0, children: [] };
  if (node.area > maxArea || isLongerThan(longestRegion(maxArea), components, component)) return node;
  const moments = componentMoments(components, component);
  const fit = ellipseFit(components, component, moments);
  const contrast = edgeContrast(components, component, edges);
  return { ...node, x: moments.x, y: moments.y, score: fit + edgeWeight * contrast };
}

/** A region is at most this many times as long as a disc of the largest area is wide; own choice. */
const LONGEST = 3;

/** Most columns and most rows of a region that is kept, px: what is longer is a fibre, or several cells. */
export function longestRegion(maxArea: number): number {
  return LONGEST * 2 * Math.sqrt(maxArea / Math.PI);
}

function isLongerThan(longest: number, components: Components, component: number): boolean {
  // A connected region of n pixels spans at most n columns or rows.
  if (components.area[component] <= longest) return false;
  const { runStart, runEnd, runRow, firstRun, nextRun } = components;
  const top = runRow[firstRun[component]];
  let left = runStart[firstRun[component]];
  let right = left;
  let bottom = top;
  for (let i = firstRun[component]; i >= 0; i = nextRun[i]) {
    left = Math.min(left, runStart[i]);
    right = Math.max(right, runEnd[i]);
    bottom = runRow[i] + 1;
  }
  return right - left > longest || bottom - top > longest;
}

/** Mean edge strength at the ends of the runs, 0–1. */
function edgeContrast(components: Components, component: number, edges: Edges): number {
  const { runStart, runEnd, runRow, firstRun, nextRun } = components;
  let sum = 0;
  let count = 0;
  for (let i = firstRun[component]; i >= 0; i = nextRun[i]) {
    // The image's own border is not an edge of the cell.
    if (runStart[i] > 0) {
      sum += edgeStrengthAt(edges, runStart[i], runRow[i]);
      count++;
    }
    if (runEnd[i] < edges.width) {
      sum += edgeStrengthAt(edges, runEnd[i] - 1, runRow[i]);
      count++;
    }
  }
  return count > 0 ? sum / (255 * count) : 0;
}

/** The component of the next lower threshold that holds this one. */
function componentAround(outer: Components, inner: Components, component: number): number {
  const run = inner.firstRun[component];
  const x = inner.runStart[run];
  let i = outer.rowStart[inner.runRow[run]];
  while (outer.runEnd[i] <= x) i++;
  return outer.runComponent[i];
}

/**
 * The set of nodes, none inside another, whose area-weighted mean score is best from the leaves up:
 * children replace their parent when they score better by the margin.
 */
function bestSet({ nodes, roots }: Tree, splitMargin: number): TreeNode[] {
  const bestScore = new Float64Array(nodes.length);
  const bestArea = new Float64Array(nodes.length);
  const kept = new Uint8Array(nodes.length);
  // Children always have larger indices than their parent.
  for (let k = nodes.length - 1; k >= 0; k--) {
    const { children, score, area } = nodes[k];
    let childArea = 0;
    let childScore = 0;
    for (const child of children) {
      childArea += bestArea[child];
      childScore += bestScore[child] * bestArea[child];
    }
    childScore /= childArea;
    const margin = children.length > 1 ? splitMargin : splitMargin * SINGLE_CHILD_MARGIN;
    const childrenWin = children.length > 0 && (score < 0 || childScore > score + margin);
    kept[k] = childrenWin ? 0 : 1;
    bestScore[k] = childrenWin ? childScore : score;
    bestArea[k] = childrenWin ? childArea : area;
  }
  const chosen: TreeNode[] = [];
  const open = [...roots];
  for (let k = open.pop(); k !== undefined; k = open.pop()) {
    if (kept[k]) chosen.push(nodes[k]);
    else open.push(...nodes[k].children);
  }
  return chosen;
}

/** A single child is the same object at a higher threshold, so it needs less proof than a split. */
const SINGLE_CHILD_MARGIN = 0.2;

function runsOf(components: Components, component: number): Int32Array {
  const runs: number[] = [];
  for (let i = components.firstRun[component]; i >= 0; i = components.nextRun[i]) {
    runs.push(components.runRow[i], components.runStart[i], components.runEnd[i]);
  }
  return Int32Array.from(runs);
}

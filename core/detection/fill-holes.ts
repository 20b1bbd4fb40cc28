import { packAbove } from './bit-pack.ts';
import { connectedComponents } from './connected-components.ts';

/**
 * Marks what is enclosed by marked pixels and at most so large; what touches the image's border stays open.
 * @param marks 1 or 0, length width × height; changed
 * @param largest px²
 */
export function fillHoles(marks: Uint8Array, width: number, height: number, largest: number): void {
  const open = marks.map((mark) => 1 - mark);
  const holes = connectedComponents(packAbove(open, width, height, 0));
  const { runStart, runEnd, runRow } = holes;
  const touchesBorder = new Uint8Array(holes.componentCount);
  for (let i = 0; i < holes.runCount; i++) {
    const outer = runStart[i] === 0 || runEnd[i] === width || runRow[i] === 0 || runRow[i] === height - 1;
    if (outer) touchesBorder[holes.runComponent[i]] = 1;
  }
  for (let i = 0; i < holes.runCount; i++) {
    const hole = holes.runComponent[i];
    if (touchesBorder[hole] || holes.area[hole] > largest) continue;
    marks.fill(1, runRow[i] * width + runStart[i], runRow[i] * width + runEnd[i]);
  }
}

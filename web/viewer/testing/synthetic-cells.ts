import { DEFAULT_CELL_TYPES } from '../../../core/cell-types.ts';
import type { PackedCells } from '../../../core/detection/packed-cells.ts';

const OUTLINE_POINTS = 24;

export interface SyntheticField {
  width: number;
  height: number;
  cells: PackedCells;
}

/**
 * Cells on a jittered lattice that fills the image, the same for the same arguments: cell `i` is of type
 * `i mod 13`, its confidence walks through all values, and its nucleus is a lobed outline left of its centre.
 */
export function syntheticField(count: number, width: number, height: number): SyntheticField {
  const random = lcg(7);
  const pitch = Math.sqrt((width * height) / count);
  const columns = Math.floor(width / pitch);
  const lines = Math.ceil(count / columns);
  const cells: PackedCells = {
    count,
    types: DEFAULT_CELL_TYPES.map((type) => type.code),
    box: new Float32Array(count * 4),
    nucleus: new Float32Array(count * 2),
    nucleusAreaPx: new Float32Array(count),
    type: Uint8Array.from({ length: count }, (_, i) => i % DEFAULT_CELL_TYPES.length),
    confidence: Uint8Array.from({ length: count }, (_, i) => (i * 37) % 256),
    uncertain: new Uint8Array(count),
    outlineStart: Uint32Array.from({ length: count + 1 }, (_, i) => i * OUTLINE_POINTS),
    outline: new Float32Array(count * OUTLINE_POINTS * 2),
  };
  for (let i = 0; i < count; i++) {
    const size = Math.round(pitch * (0.5 + 0.25 * random()));
    const x = Math.floor((i % columns) * pitch + random() * (pitch - size));
    const y = Math.floor(Math.floor(i / columns) * (height / lines) + random() * (height / lines - size));
    cells.box.set([x, y, size, Math.round(size * (0.85 + 0.15 * random()))], i * 4);
    writeNucleus(cells, i, random());
  }
  return { width, height, cells };
}

function writeNucleus(cells: PackedCells, i: number, turn: number): void {
  const [x, y, width, height] = cells.box.subarray(i * 4, i * 4 + 4);
  const centre = { x: x + width * 0.45, y: y + height * 0.5 };
  const radius = Math.min(width, height) * 0.28;
  cells.nucleus.set([centre.x, centre.y], i * 2);
  cells.nucleusAreaPx[i] = Math.PI * radius * radius;
  for (let point = 0; point < OUTLINE_POINTS; point++) {
    const angle = (point / OUTLINE_POINTS) * 2 * Math.PI;
    const r = radius * (1 + 0.15 * Math.sin(3 * angle + 6 * turn));
    const at = (i * OUTLINE_POINTS + point) * 2;
    cells.outline.set([centre.x + r * Math.cos(angle), centre.y + r * Math.sin(angle)], at);
  }
}

/** Paints the field as a pale violet stain, with a fine pattern by which single pixels can be told apart. */
export function paintField(
  context: CanvasRenderingContext2D,
  { width, height, cells }: SyntheticField,
): void {
  context.fillStyle = '#ece4f0';
  context.fillRect(0, 0, width, height);
  for (let i = 0; i < cells.count; i++) {
    const [x, y, w, h] = cells.box.subarray(i * 4, i * 4 + 4);
    context.fillStyle = i % 2 === 0 ? '#cfc3e2' : '#d9c9e0';
    context.beginPath();
    context.ellipse(x + w / 2, y + h / 2, w / 2 - 1, h / 2 - 1, 0, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = '#6d4c9a';
    context.beginPath();
    for (let point = cells.outlineStart[i]; point < cells.outlineStart[i + 1]; point++) {
      context.lineTo(cells.outline[point * 2], cells.outline[point * 2 + 1]);
    }
    context.fill();
  }
  const pattern = context.getImageData(0, 0, width, 8);
  for (let i = 0; i < pattern.data.length; i += 4) pattern.data[i] = (i * 13) & 255;
  context.putImageData(pattern, 0, 0);
}

/** Numbers from 0 to 1, the same sequence for a seed (Lehmer's generator, MINSTD). */
function lcg(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

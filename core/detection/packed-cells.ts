/**
 * Cells of one image as flat typed arrays: what a detection run stores, what the wire carries to the viewer.
 * Coordinates are full-resolution image pixels, origin top left; pixel i covers i to i + 1.
 */
export interface PackedCells {
  count: number;
  /** Cell type codes; `type[i]` is an index into this list (at most 255 entries). */
  types: readonly string[];
  /** x, y, width, height of each cell: length 4 × count, px. */
  box: Float32Array;
  /** Centroid x, y of each nucleus: length 2 × count, px. */
  nucleus: Float32Array;
  /** Area of each nucleus: length count, px². */
  nucleusAreaPx: Float32Array;
  /** Index into `types`: length count. */
  type: Uint8Array;
  /** Probability of the named type × 255, rounded: length count. */
  confidence: Uint8Array;
  /** 1 where the two most probable types lie too close together to tell: length count. */
  uncertain: Uint8Array;
  /** First outline point of each nucleus: length count + 1; the last entry is the number of points. */
  outlineStart: Uint32Array;
  /** x, y of each outline point: length 2 × points, px; closed, the first point is not repeated. */
  outline: Float32Array;
}

const MAGIC = 0x424c4331; // "BLC1"

/** Writes packed cells as one byte string: four header words, the type list as JSON, then the arrays, each 4-byte aligned. */
export function encodePackedCells(cells: PackedCells): Uint8Array {
  const types = asciiJson(cells.types);
  const points = cells.outline.length / 2;
  const layout = layoutOf(cells.count, points, types.length);
  const bytes = new Uint8Array(layout.end);
  new Uint32Array(bytes.buffer, 0, 4).set([MAGIC, cells.count, points, types.length]);
  bytes.set(types, HEADER_BYTES);
  new Float32Array(bytes.buffer, layout.box, cells.count * 4).set(cells.box);
  new Float32Array(bytes.buffer, layout.nucleus, cells.count * 2).set(cells.nucleus);
  new Float32Array(bytes.buffer, layout.area, cells.count).set(cells.nucleusAreaPx);
  new Uint32Array(bytes.buffer, layout.outlineStart, cells.count + 1).set(cells.outlineStart);
  new Float32Array(bytes.buffer, layout.outline, points * 2).set(cells.outline);
  bytes.set(cells.type, layout.type);
  bytes.set(cells.confidence, layout.confidence);
  bytes.set(cells.uncertain, layout.uncertain);
  bytes[layout.close] = CLOSE;
  return bytes;
}

/**
 * Reads what `encodePackedCells` wrote, now or before it wrote `uncertain`: then no cell is. The arrays are views on a copy when `bytes` is not 4-byte aligned.
 * @throws RangeError when the bytes are not packed cells or are cut short.
 */
export function decodePackedCells(bytes: Uint8Array): PackedCells {
  const whole = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  if (whole.byteLength < HEADER_BYTES)
    throw new RangeError('packed cells: fewer bytes than a header; fetch them again');
  const [magic, count, points, typeBytes] = new Uint32Array(whole.buffer, whole.byteOffset, 4);
  if (magic !== MAGIC)
    throw new RangeError('packed cells: unknown format; this file was not written by encodePackedCells');
  const layout = layoutOf(count, points, typeBytes);
  const isWithoutUncertain = whole.byteLength === layout.uncertain;
  if (whole.byteLength < layout.end && !isWithoutUncertain) {
    throw new RangeError(
      `packed cells: ${whole.byteLength} bytes where ${layout.end} are needed; fetch them again`,
    );
  }
  const at = (offset: number) => whole.byteOffset + offset;
  return {
    count,
    types: JSON.parse(String.fromCharCode(...whole.subarray(HEADER_BYTES, HEADER_BYTES + typeBytes))),
    box: new Float32Array(whole.buffer, at(layout.box), count * 4),
    nucleus: new Float32Array(whole.buffer, at(layout.nucleus), count * 2),
    nucleusAreaPx: new Float32Array(whole.buffer, at(layout.area), count),
    outlineStart: new Uint32Array(whole.buffer, at(layout.outlineStart), count + 1),
    outline: new Float32Array(whole.buffer, at(layout.outline), points * 2),
    type: whole.subarray(layout.type, layout.type + count),
    confidence: whole.subarray(layout.confidence, layout.confidence + count),
    uncertain: isWithoutUncertain ? new Uint8Array(count) : whole.subarray(layout.uncertain, layout.close),
  };
}

/** Tells packed cells that were cut short from those that end before `uncertain`. */
const CLOSE = 0xc1;

const HEADER_BYTES = 16;

/** JSON in bytes below 128: core has no text encoder of its own, in Node or in the browser. */
function asciiJson(value: unknown): Uint8Array {
  const escaped = JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return Uint8Array.from(escaped, (unit) => unit.charCodeAt(0));
}

function layoutOf(count: number, points: number, typeBytes: number) {
  const box = HEADER_BYTES + Math.ceil(typeBytes / 4) * 4;
  const nucleus = box + count * 16;
  const area = nucleus + count * 8;
  const outlineStart = area + count * 4;
  const outline = outlineStart + (count + 1) * 4;
  const type = outline + points * 8;
  const confidence = type + count;
  // Last, so that programs that do not know it yet read the rest.
  const uncertain = confidence + count;
  const close = uncertain + count;
  return { box, nucleus, area, outlineStart, outline, type, confidence, uncertain, close, end: close + 1 };
}

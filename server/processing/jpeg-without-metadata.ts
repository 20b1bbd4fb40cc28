const MARKER = 0xff;
const START_OF_IMAGE = 0xd8;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const COMMENT = 0xfe;
const JFIF = 0xe0;
const ADOBE = 0xee;
const ADOBE_BYTES = 16;
const JFIF_BYTES = 18;
/** Quantization tables, and how often a scan restarts. */
const TABLES = [0xdb, 0xdd];
/** Progressive files have about ten; each makes a viewer go through the whole image again. */
const MOST_SCANS = 100;

/**
 * A JPEG file (ITU-T T.81, annex B) without comments, application segments and whatever follows its end; what is
 * needed to read its colours stays, and not one pixel changes.
 * @returns undefined when the file is not laid out as the standard says
 */
export function jpegWithoutMetadata(file: Buffer): Buffer | undefined {
  if (file[0] !== MARKER || file[1] !== START_OF_IMAGE) return undefined;
  const kept = [file.subarray(0, 2)];
  let scans = 0;
  for (let at = 2; ; ) {
    if (file[at] !== MARKER) return undefined;
    while (file[at + 1] === MARKER) at++;
    const marker = file[at + 1];
    if (marker === END_OF_IMAGE) {
      kept.push(file.subarray(at, at + 2));
      return scans > 0 ? Buffer.concat(kept) : undefined;
    }
    if (!hasLength(marker) || at + 4 > file.length) return undefined;
    const end = at + 2 + file.readUInt16BE(at + 2);
    if (end > file.length || end < at + 4) return undefined;
    const segment = file.subarray(at, end);
    if (marker === START_OF_SCAN) {
      const scanEnd = endOfScan(file, end);
      if (scanEnd === undefined || ++scans > MOST_SCANS) return undefined;
      kept.push(file.subarray(at, scanEnd));
      at = scanEnd;
      continue;
    }
    const part = keptOf(marker, segment);
    if (part === undefined) return undefined;
    kept.push(part);
    at = end;
  }
}

function hasLength(marker: number | undefined): marker is number {
  return marker !== undefined && marker >= 0xc0 && !(marker >= 0xd0 && marker <= START_OF_IMAGE);
}

/** What is needed of a segment; undefined when it is none that images have. */
function keptOf(marker: number, segment: Buffer): Buffer | undefined {
  const name = segment.toString('latin1', 4, 9);
  if (marker === JFIF && name === 'JFIF\0' && segment.length >= JFIF_BYTES) return withoutThumbnail(segment);
  if (marker === ADOBE && name === 'Adobe' && segment.length >= ADOBE_BYTES) return cut(segment, ADOBE_BYTES);
  if (marker === COMMENT || (marker >= JFIF && marker <= 0xef)) return Buffer.alloc(0);
  return marker <= 0xcf || TABLES.includes(marker) ? segment : undefined;
}

function withoutThumbnail(jfif: Buffer): Buffer {
  return cut(jfif, JFIF_BYTES).fill(0, 16);
}

/** A copy of the beginning, which says that it is no longer. */
function cut(segment: Buffer, bytes: number): Buffer {
  const short = Buffer.from(segment.subarray(0, bytes));
  short.writeUInt16BE(bytes - 2, 2);
  return short;
}

/** Within a scan the marker byte is followed by 0 or by the number of a restart. */
function endOfScan(file: Buffer, from: number): number | undefined {
  for (
    let at = file.indexOf(MARKER, from);
    at >= 0 && at + 1 < file.length;
    at = file.indexOf(MARKER, at + 2)
  ) {
    const next = file[at + 1];
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return undefined;
}

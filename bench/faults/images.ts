import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { synthesizeField } from '../../core/synthesis/synthesize-field.ts';

export interface Image {
  name: string;
  bytes: Buffer;
  sha256: string;
}

const SIZE = { width: 400, height: 300 };
const DRAWN_FIELDS = 4;
/** The last chunk of every PNG: IEND, without content. */
const END_BYTES = 12;

const drawn = await Promise.all(
  Array.from({ length: DRAWN_FIELDS }, (_, seed) => {
    const counts = { 'WBC-Macrophage': 8, 'WBC-Lymphocyte': 4 };
    const { image } = synthesizeField({ seed, nucleusDiameterPx: 24, counts, ...SIZE });
    return sharp(image.data, { raw: { ...SIZE, channels: 3 } })
      .png({ compressionLevel: 1 })
      .toBuffer();
  }),
);
let given = 0;

/** A field that nobody has seen yet: the same bytes for the same patient would be one sample. */
export function drawImage(): Image {
  const at = given++;
  const bytes = withComment(drawn[at % DRAWN_FIELDS], `Comment\0${process.pid}-${at}`);
  return { name: `field-${at}`, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function withComment(png: Buffer, text: string): Buffer {
  const chunk = Buffer.alloc(text.length + 12);
  chunk.writeUInt32BE(text.length, 0);
  chunk.write(`tEXt${text}`, 4, 'latin1');
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4);
  return Buffer.concat([png.subarray(0, -END_BYTES), chunk, png.subarray(-END_BYTES)]);
}

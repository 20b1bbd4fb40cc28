import { parentPort } from 'node:worker_threads';
import sharp from 'sharp';
import { countsForMix, synthesizeField } from '../../core/synthesis/synthesize-field.ts';
import type { DrawnField, FieldOrder } from './draw-fields.ts';

const NUCLEUS_DIAMETER_PX = 26;
/** A macrophage's nucleus is about 9 µm across. */
const MICRONS_PER_PIXEL = 0.35;

parentPort?.on('message', async (orders: FieldOrder[]) => {
  const fields: DrawnField[] = [];
  for (const { name, seed, width, height, cells, mix } of orders) {
    const field = synthesizeField({
      seed,
      width,
      height,
      counts: countsForMix(cells, mix),
      nucleusDiameterPx: NUCLEUS_DIAMETER_PX,
    });
    const png = await sharp(field.image.data, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 4 })
      .toBuffer();
    fields.push({
      name,
      png,
      micronsPerPixel: MICRONS_PER_PIXEL,
      cells: field.cells.map(({ x, y, width, height, cellType }) => ({ x, y, width, height, cellType })),
    });
  }
  parentPort?.postMessage(fields);
});

import { describe, expect, it } from 'vitest';
import { detectCells } from '../../core/detection/detect-cells.ts';
import type { RgbImage } from '../../core/detection/image.ts';
import { packCells } from '../../core/detection/pack-detected-cells.ts';
import { decodePackedCells, encodePackedCells } from '../../core/detection/packed-cells.ts';
import { parseDetectionParameters } from '../../core/detection/parameters.ts';
import { synthesizeField } from '../../core/synthesis/synthesize-field.ts';
import { PreviewEngine } from './preview-engine.ts';

const COUNTS = { 'WBC-Macrophage': 12, 'WBC-Lymphocyte': 8 };
const { image } = synthesizeField({ seed: 3, width: 480, height: 360, counts: COUNTS });
const whole = { width: 480, height: 360, micronsPerPixel: null };

describe('preview engine', () => {
  it('finds what detection finds, byte for byte, also from the kept score', () => {
    const engine = new PreviewEngine(image, whole);
    for (const [values, fromScore] of [
      [{ downscale: 1 }, false],
      [{ downscale: 1, min_area: 0.6 }, true],
      [{ downscale: 1, feature: 'a*' }, false],
    ] as const) {
      const preview = engine.detect(values);
      const { cells } = detectCells(image, parseDetectionParameters({ ...values }));
      expect(preview.fromScore).toBe(fromScore);
      expect(preview.cells).toEqual(encodePackedCells(packCells(cells)));
    }
  });

  it('answers in full-resolution pixels when the image was decoded smaller', () => {
    const direct = decodePackedCells(new PreviewEngine(image, whole).detect({ downscale: 1 }).cells);
    const large = { width: 960, height: 720, micronsPerPixel: null };
    const answer = new PreviewEngine(image, large).detect({ downscale: 2 });
    const cells = decodePackedCells(answer.cells);
    expect(answer.downscale).toBe(2);
    expect(cells.count).toBe(direct.count);
    expect([...cells.box]).toEqual([...direct.box].map((value) => value * 2));
    expect([...cells.nucleusAreaPx]).toEqual([...direct.nucleusAreaPx].map((area) => area * 4));
  });

  it('names a parameter that does not fit', () => {
    const blank: RgbImage = { data: new Uint8Array(300).fill(240), width: 10, height: 10, channels: 3 };
    const engine = new PreviewEngine(blank, { width: 10, height: 10, micronsPerPixel: null });
    expect(() => engine.detect({ min_area: 7 })).toThrow(/min_area/);
  });
});

import { detectInScore, prepareScore, type ScoreImage, scoreKey } from '../../core/detection/detect-cells.ts';
import type { RgbImage } from '../../core/detection/image.ts';
import { createKernels } from '../../core/detection/kernels/create-kernels.ts';
import { packCells } from '../../core/detection/pack-detected-cells.ts';
import { encodePackedCells, type PackedCells } from '../../core/detection/packed-cells.ts';
import { type DetectionParameters, parseDetectionParameters } from '../../core/detection/parameters.ts';
import type { ParameterValues, ShownImage, WorkerPreview } from './detection-messages.ts';

/** Detection on the displayed image. What a moved threshold does not change is kept. */
export class PreviewEngine {
  readonly #image: RgbImage;
  /** Full-resolution pixels per pixel of `image`. */
  readonly #shrink: { x: number; y: number };
  readonly #micronsPerPixel: number | undefined;
  readonly #kernels = createKernels();
  #score: ScoreImage | null = null;

  constructor(image: RgbImage, { width, height, micronsPerPixel }: Omit<ShownImage, 'url'>) {
    this.#image = image;
    this.#shrink = { x: width / image.width, y: height / image.height };
    this.#micronsPerPixel = micronsPerPixel === null ? undefined : micronsPerPixel * this.#shrink.x;
  }

  /** @throws RangeError naming a parameter that does not fit */
  detect(values: ParameterValues): WorkerPreview {
    const startedAt = performance.now();
    const parameters = this.#onThisImage(parseDetectionParameters({ ...values }));
    const fromScore = this.#score?.key === scoreKey(parameters);
    if (this.#score === null || !fromScore) {
      // The old score is let go first: two would not always fit.
      this.#score = null;
      this.#score = prepareScore(this.#image, parameters, this.#micronsPerPixel, this.#kernels);
    }
    const { cells, downscale, scaleSource } = detectInScore(this.#score, parameters, this.#kernels);
    const packed = enlarged(packCells(cells), this.#shrink);
    return {
      cells: encodePackedCells(packed) as Uint8Array<ArrayBuffer>,
      downscale: downscale * this.#shrink.x,
      scaleSource,
      fromScore,
      ms: performance.now() - startedAt,
    };
  }

  /** A downscale is meant in full-resolution pixels. */
  #onThisImage(parameters: DetectionParameters): DetectionParameters {
    const { downscale } = parameters;
    return downscale === 'auto' ? parameters : { ...parameters, downscale: downscale / this.#shrink.x };
  }
}

function enlarged(cells: PackedCells, { x, y }: { x: number; y: number }): PackedCells {
  if (x === 1 && y === 1) return cells;
  const byAxis = (value: number, at: number) => value * (at % 2 === 0 ? x : y);
  return {
    ...cells,
    box: cells.box.map(byAxis),
    nucleus: cells.nucleus.map(byAxis),
    outline: cells.outline.map(byAxis),
    nucleusAreaPx: cells.nucleusAreaPx.map((area) => area * x * y),
  };
}

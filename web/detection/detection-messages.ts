import type { ScaleSource } from '../../core/detection/scale.ts';

/** Detection parameters by wire name. */
export type ParameterValues = Readonly<Record<string, number | string>>;

/** The image as the page shows it. */
export interface ShownImage {
  url: string;
  /** Full-resolution size, px: cells are answered in these. */
  width: number;
  height: number;
  micronsPerPixel: number | null;
}

export type WorkerRequest =
  | { kind: 'open'; image: ShownImage }
  | { kind: 'detect'; parameters: ParameterValues };

/** One reply for each request, in their order. */
export type WorkerReply =
  | { kind: 'opened'; image: OpenedImage }
  | { kind: 'cells'; preview: WorkerPreview }
  | { kind: 'failed'; message: string };

/** What was decoded; smaller than the image when that is very large. */
export interface OpenedImage {
  width: number;
  height: number;
  decodeMs: number;
}

export interface WorkerPreview {
  /** Packed cells (core/detection/packed-cells.ts) in full-resolution pixels. */
  cells: Uint8Array<ArrayBuffer>;
  /** Full-resolution pixels per working pixel. */
  downscale: number;
  scaleSource: ScaleSource;
  /** Whether only what comes after the stain score was computed. */
  fromScore: boolean;
  ms: number;
}

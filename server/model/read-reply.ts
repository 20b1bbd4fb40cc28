import { z } from 'zod';
import type { DetectedCell } from '../../core/detection/detected-cell.ts';
import { ModelError } from '../platform/model-endpoint.ts';
import { type CellNaming, cellTypeOf } from './cell-naming.ts';

const MOST_CELLS = 100_000;
const MOST_OUTLINE_POINTS = 5000;
const OUTLINE_SLACK_PX = 1;
const LARGEST_AREA_PX = 1e9;

const Share = z.number().min(0).max(1);
const Label = z.string().max(200);
const Side = z.number().positive();

/** As Hugging Face's object detection answers. */
const Detections = z
  .array(
    z.object({
      label: Label,
      score: Share,
      box: z
        .object({ xmin: z.number(), ymin: z.number(), xmax: z.number(), ymax: z.number() })
        .refine(({ xmin, xmax }) => xmax > xmin, { path: ['xmax'], message: 'must be greater than xmin' })
        .refine(({ ymin, ymax }) => ymax > ymin, { path: ['ymax'], message: 'must be greater than ymin' }),
    }),
  )
  .max(MOST_CELLS);

/** As `balscope detect` writes; the nucleus may be missing, and what else the line says is not read. */
const Cells = z.object({
  /** px of the image that the model believes it was sent */
  width: z.number().optional(),
  height: z.number().optional(),
  cells: z
    .array(
      z.object({
        x: z.number(),
        y: z.number(),
        width: Side,
        height: Side,
        cell_type: Label,
        confidence: Share,
        nucleus: z
          .object({
            x: z.number(),
            y: z.number(),
            area_px: z.number().min(0).max(LARGEST_AREA_PX),
            outline: z.array(z.tuple([z.number(), z.number()])).max(MOST_OUTLINE_POINTS),
          })
          .optional(),
      }),
    )
    .max(MOST_CELLS),
  version: z.string().max(100).optional(),
});

type Box = Pick<DetectedCell, 'x' | 'y' | 'width' | 'height'>;
type Nucleus = DetectedCell['nucleus'];

interface Labelled {
  box: Box;
  label: string;
  confidence: number;
  nucleus: Nucleus | undefined;
}

export interface ModelCells {
  cells: DetectedCell[];
  /** What the model calls its version; undefined when it does not say. */
  version: string | undefined;
}

/**
 * Cells from the answer of a model: a list as Hugging Face's object detection has it, or an object as `balscope detect`
 * writes. Boxes are clipped to the image; one that lies outside means that the model counts in other pixels.
 * @param reply parsed JSON of any kind
 * @param image px, of the image that was sent
 * @throws ModelError broken, naming the first fault
 */
export function readReply(
  reply: unknown,
  image: { width: number; height: number },
  naming: CellNaming,
): ModelCells {
  const { labelled, version } = Array.isArray(reply) ? readDetections(reply) : readCells(reply, image);
  const cells = labelled.map(({ box, label, confidence, nucleus }, index): DetectedCell => {
    const clipped = clip(box, image);
    if (!clipped) {
      throw unusable(`cell ${index} lies outside the image of ${image.width} × ${image.height} pixels`);
    }
    const kept = nucleus && isInside(nucleus, clipped) ? nucleus : nucleusOfBox(clipped);
    return { ...clipped, cellType: cellTypeOf(naming, label), confidence, nucleus: kept };
  });
  return { cells, version };
}

function readDetections(reply: unknown): { labelled: Labelled[]; version: undefined } {
  const labelled = parse(Detections, reply).map(({ label, score, box: { xmin, ymin, xmax, ymax } }) => ({
    box: { x: xmin, y: ymin, width: xmax - xmin, height: ymax - ymin },
    label,
    confidence: score,
    nucleus: undefined,
  }));
  return { labelled, version: undefined };
}

function readCells(reply: unknown, image: { width: number; height: number }) {
  const { width = image.width, height = image.height, cells, version } = parse(Cells, reply);
  if (width !== image.width || height !== image.height) {
    const sizes = `${width} × ${height} pixels, but it was sent ${image.width} × ${image.height}`;
    throw unusable(`its cells are those of an image of ${sizes}`);
  }
  const labelled = cells.map(
    ({ cell_type: label, confidence, nucleus, ...box }): Labelled => ({
      box,
      label,
      confidence,
      nucleus: nucleus && {
        x: nucleus.x,
        y: nucleus.y,
        areaPx: nucleus.area_px,
        outline: Float32Array.from(nucleus.outline.flat()),
      },
    }),
  );
  return { labelled, version };
}

function parse<Schema extends z.ZodType>(schema: Schema, reply: unknown): z.output<Schema> {
  const parsed = schema.safeParse(reply);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw unusable([path.join('.'), message].filter(Boolean).join(': '));
}

function unusable(fault: string): ModelError {
  return new ModelError('broken', `The answer of the model cannot be used: ${fault}.`);
}

/** What of the box lies in the image; undefined when nothing does. */
function clip({ x, y, width, height }: Box, image: { width: number; height: number }): Box | undefined {
  const left = Math.max(0, x);
  const top = Math.max(0, y);
  const right = Math.min(image.width, x + width);
  const bottom = Math.min(image.height, y + height);
  if (right <= left || bottom <= top) return undefined;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** A model that gives boxes only says nothing of the nucleus: its middle stands for it, without area and outline. */
function nucleusOfBox({ x, y, width, height }: Box): Nucleus {
  return { x: x + width / 2, y: y + height / 2, areaPx: 0, outline: new Float32Array(0) };
}

/** Its middle must lie in the box, its outline there or next to it. */
function isInside({ x, y, outline }: Nucleus, box: Box): boolean {
  const holds = (px: number, py: number, slackPx: number) =>
    px >= box.x - slackPx &&
    py >= box.y - slackPx &&
    px <= box.x + box.width + slackPx &&
    py <= box.y + box.height + slackPx;
  for (let i = 0; i < outline.length; i += 2) {
    if (!holds(outline[i], outline[i + 1], OUTLINE_SLACK_PX)) return false;
  }
  return holds(x, y, 0);
}

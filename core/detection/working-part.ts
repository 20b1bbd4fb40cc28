import { type Placement, placementOf, type RgbImage } from './image.ts';

/** Pixels from `from` to before `to`. */
export interface Range {
  from: number;
  to: number;
}

/**
 * The pixels at working scale that lie in an image, or in a part of one, as a whole. A resized part begins at even
 * pixels, as colour is taken at half size.
 */
export interface WorkingPart {
  width: number;
  height: number;
  /** Where they lie in the whole image at working scale. */
  placement: Placement;
}

/** Size of a whole image at working scale, px: at least 1. */
export function workingSize(image: { width: number; height: number }, downscale: number) {
  return {
    width: Math.max(1, Math.round(image.width / downscale)),
    height: Math.max(1, Math.round(image.height / downscale)),
  };
}

/** Size and place at working scale of an image or a part of one. */
export function workingPart(
  image: Pick<RgbImage, 'width' | 'height' | 'placement'>,
  downscale: number,
): WorkingPart {
  const { left, top, wholeWidth, wholeHeight } = placementOf(image);
  const whole = workingSize({ width: wholeWidth, height: wholeHeight }, downscale);
  const columns = targetsWithin(wholeWidth, whole.width, { from: left, to: left + image.width });
  const rows = targetsWithin(wholeHeight, whole.height, { from: top, to: top + image.height });
  return {
    width: columns.to - columns.from,
    height: rows.to - rows.from,
    placement: { left: columns.from, top: rows.from, wholeWidth: whole.width, wholeHeight: whole.height },
  };
}

/** The source pixels that a range of target pixels is made of. */
export function sourceOfTargets(sourceSize: number, targetSize: number, targets: Range): Range {
  return {
    from: sourceOf(sourceSize, targetSize, targets.from).from,
    to: sourceOf(sourceSize, targetSize, targets.to - 1).to,
  };
}

/** The target pixels whose source pixels all lie in a range; resized ones from an even one on. */
function targetsWithin(sourceSize: number, targetSize: number, source: Range): Range {
  const ratio = sourceSize / targetSize;
  let from = Math.max(0, Math.floor(source.from / ratio) - 1);
  while (from < targetSize && sourceOf(sourceSize, targetSize, from).from < source.from) from++;
  if (targetSize !== sourceSize) from += from % 2;
  let to = Math.min(targetSize, Math.ceil(source.to / ratio) + 1);
  while (to > from && sourceOf(sourceSize, targetSize, to - 1).to > source.to) to--;
  return { from, to };
}

/** The source pixels of one target pixel: those that it covers, or where it is smaller, that it lies between. */
function sourceOf(sourceSize: number, targetSize: number, target: number): Range {
  const ratio = sourceSize / targetSize;
  if (ratio >= 1) {
    const from = target * ratio;
    return { from: Math.floor(from), to: Math.min(sourceSize, Math.ceil(from + ratio - 1e-9)) };
  }
  const before = Math.floor((target + 0.5) * ratio - 0.5);
  return { from: Math.max(0, before), to: Math.min(sourceSize, before + 2) };
}

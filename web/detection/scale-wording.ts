import type { ScaleSource } from '../../core/detection/scale.ts';

const ORIGINS: Record<ScaleSource, string> = {
  microns_per_pixel: 'from the microns per pixel',
  estimated: 'estimated from the cells',
  given: 'as given',
  default: 'nothing told the size of the cells',
};

/** "Scale: 4.0 image px per working px, estimated from the cells"; nothing for runs that did not store it. */
export function scaleText(run: { downscale: number | null; scaleSource: ScaleSource | null }): string {
  if (run.downscale === null || run.scaleSource === null) return '';
  return `Scale: ${run.downscale.toFixed(1)} image px per working px, ${ORIGINS[run.scaleSource]}`;
}

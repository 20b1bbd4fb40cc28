import { otsuThresholds } from './otsu.ts';

/** Total optical density × 100 above which a pixel can be cytoplasm even on a dark slide. */
const CERTAIN_CYTOPLASM = 20;
const FAINTEST_CYTOPLASM = 8;

/**
 * Total optical density × 100 that parts empty slide from cytoplasm: Otsu's threshold within limits. Of large images
 * only every nth pixel is counted: more tell no more.
 */
export function cytoplasmThreshold(density: Uint8Array): number {
  const histogram = new Uint32Array(256);
  const step = Math.ceil(density.length / COUNTED_PIXELS);
  for (let i = 0; i < density.length; i += step) histogram[density[i]]++;
  const [otsu] = otsuThresholds(histogram, 2);
  return Math.max(FAINTEST_CYTOPLASM, Math.min(CERTAIN_CYTOPLASM, otsu));
}

const COUNTED_PIXELS = 65_536;

// Written by bench/train-classifier.ts; change the script, not this file.
import type { ClassifierWeights } from './classifier-weights.ts';

const CLASSES = ['WBC-Macrophage', 'WBC-Lymphocyte', 'WBC-Neutrophil'];

/** Per feature, in the order of FEATURE_NAMES: centre and spread on the training slides, then one weight per class. */
const FEATURES = [
  // logCellArea
  [0.8055, 0.8693, 0.792, -0.438, -0.354],
  // logDarkArea
  [-0.0198, 0.728, 1.4022, -1.0369, -0.3653],
  // darkShare
  [0.527, 0.1976, -0.7938, 0.1643, 0.6296],
  // nucleusShare
  [0.943, 0.3954, -0.2149, 0.1198, 0.0951],
  // darkOffset
  [0.0515, 0.0822, 0.9425, -0.1929, -0.7495],
  // darkSpread
  [0.0137, 0.0295, 0.0802, -0.7815, 0.7013],
  // darkElongation
  [0.8348, 0.1231, 0.2219, -0.0187, -0.2032],
  // darkRoughness
  [1.0384, 0.1056, 0.0254, -0.2496, 0.2241],
  // cellElongation
  [0.906, 0.0919, -0.1228, -0.2302, 0.353],
  // separability
  [0.7548, 0.0681, -0.7028, -0.2313, 0.9341],
  // logDarkDensity
  [4.8135, 0.3051, 0.0064, 0.4347, -0.4411],
  // logPaleDensity
  [4.0155, 0.2333, 0.1556, -0.0255, -0.1302],
  // contrast
  [0.5651, 0.0883, -0.1839, 0.8977, -0.7139],
  // darkTexture
  [0.2497, 0.0832, 0.4404, -1.1524, 0.7119],
  // coreDensity
  [1.0126, 0.106, -0.1185, 0.6645, -0.546],
  // coreTexture
  [0.136, 0.0777, 0.1884, -0.1892, 0.0008],
  // darkRedToGreen
  [0.6583, 0.1764, 0.0628, -0.3044, 0.2416],
  // paleRedToGreen
  [0.6858, 0.1671, 0.1505, 0.1824, -0.3329],
];

export const CLASSIFIER_WEIGHTS: ClassifierWeights = {
  classes: CLASSES,
  center: FEATURES.map(([center]) => center),
  spread: FEATURES.map(([, spread]) => spread),
  bias: [0.7437, -1.0592, 0.3155],
  weights: CLASSES.map((_, k) => FEATURES.map((feature) => feature[k + 2])),
};

// Written by bench/train-classifier.ts; change the script, not this file.
import type { ClassifierWeights } from './classifier-weights.ts';

const CLASSES = ['WBC-Macrophage', 'WBC-Lymphocyte', 'WBC-Neutrophil'];

/** Per feature, in the order of FEATURE_NAMES: centre and spread on the training slides, then one weight per class. */
const FEATURES = [
  // logCellArea
  [0.6863, 0.9634, 0.7982, -0.4064, -0.3918],
  // logDarkArea
  [-0.1892, 0.8794, 1.5476, -1.1707, -0.377],
  // darkShare
  [0.5349, 0.2037, -0.5833, -0.0902, 0.6735],
  // nucleusShare
  [0.8922, 0.3895, -0.0999, 0.3062, -0.2063],
  // darkOffset
  [0.0437, 0.0748, 0.7368, -0.1269, -0.6099],
  // darkSpread
  [0.0131, 0.0226, 0.0093, -0.6572, 0.6479],
  // darkElongation
  [0.843, 0.1195, 0.2031, -0.0025, -0.2006],
  // darkRoughness
  [1.0339, 0.0912, 0.1552, -0.2199, 0.0647],
  // cellElongation
  [0.9081, 0.0894, -0.1539, -0.2464, 0.4003],
  // separability
  [0.7486, 0.0756, -0.8224, -0.1143, 0.9367],
  // logDarkDensity
  [4.7888, 0.3111, 0.0908, 0.4704, -0.5611],
  // logPaleDensity
  [3.8845, 0.1858, 0.1024, 0.0044, -0.1068],
  // contrast
  [0.5997, 0.0806, -0.225, 0.8821, -0.6571],
  // darkTexture
  [0.2659, 0.0881, 0.6008, -1.0935, 0.4927],
  // coreDensity
  [1.0294, 0.1072, -0.2848, 0.7778, -0.493],
  // coreTexture
  [0.1443, 0.0769, 0.1702, -0.0942, -0.076],
  // darkRedToGreen
  [0.6575, 0.1745, 0.0369, -0.3781, 0.3412],
  // paleRedToGreen
  [0.6927, 0.1687, 0.2647, 0.1054, -0.3701],
];

export const CLASSIFIER_WEIGHTS: ClassifierWeights = {
  classes: CLASSES,
  center: FEATURES.map(([center]) => center),
  spread: FEATURES.map(([, spread]) => spread),
  bias: [0.607, -0.9725, 0.3655],
  weights: CLASSES.map((_, k) => FEATURES.map((feature) => feature[k + 2])),
};

// Written by bench/train-classifier.ts; change the script, not this file.
import type { ClassifierWeights } from './classifier-weights.ts';

const CLASSES = ['WBC-Macrophage', 'WBC-Lymphocyte', 'WBC-Neutrophil'];

/** Per feature, in the order of FEATURE_NAMES: centre and spread on the training slides, then one weight per class. */
const FEATURES = [
  // logCellArea
  [0.7737, 0.9538, 0.9817, -0.4857, -0.496],
  // logDarkArea
  [-0.0329, 0.7638, 1.347, -1.0078, -0.3393],
  // darkShare
  [0.529, 0.1971, -0.8085, 0.146, 0.6625],
  // nucleusShare
  [0.9618, 0.3934, -0.1568, 0.1213, 0.0355],
  // darkOffset
  [0.0521, 0.0812, 0.7909, -0.1455, -0.6454],
  // darkSpread
  [0.0143, 0.0335, -0.1023, -0.6366, 0.7389],
  // darkElongation
  [0.8358, 0.1248, 0.2204, 0.0427, -0.2631],
  // darkRoughness
  [1.0368, 0.1271, -0.1728, 0.004, 0.1688],
  // cellElongation
  [0.9069, 0.0919, -0.0764, -0.1622, 0.2386],
  // separability
  [0.7526, 0.0698, -0.7416, -0.2693, 1.0108],
  // logDarkDensity
  [4.8133, 0.3232, -0.0495, 0.591, -0.5415],
  // logPaleDensity
  [4.0147, 0.2476, 0.1049, -0.0193, -0.0856],
  // contrast
  [0.5623, 0.0855, -0.2858, 0.8174, -0.5316],
  // darkTexture
  [0.2532, 0.0857, 0.3442, -1.0199, 0.6757],
  // coreDensity
  [1.012, 0.1085, -0.1809, 0.7347, -0.5538],
  // coreTexture
  [0.1392, 0.0787, 0.2544, -0.3549, 0.1006],
  // darkRedToGreen
  [0.6558, 0.1771, 0.1188, -0.3182, 0.1994],
  // paleRedToGreen
  [0.6894, 0.1701, 0.1239, 0.1263, -0.2502],
];

export const CLASSIFIER_WEIGHTS: ClassifierWeights = {
  classes: CLASSES,
  center: FEATURES.map(([center]) => center),
  spread: FEATURES.map(([, spread]) => spread),
  bias: [0.9512, -1.0955, 0.1443],
  weights: CLASSES.map((_, k) => FEATURES.map((feature) => feature[k + 2])),
};

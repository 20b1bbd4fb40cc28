// Written by bench/train-classifier.ts; change the script, not this file.
import type { ClassifierWeights } from './classifier-weights.ts';

const CLASSES = ['WBC-Macrophage', 'WBC-Lymphocyte', 'WBC-Neutrophil'];

/** Per feature, in the order of FEATURE_NAMES: centre and spread on the training slides, then one weight per class. */
const FEATURES = [
  // logCellArea
  [0.4536, 0.7404, 0.3487, -0.415, 0.0663],
  // logDarkArea
  [-0.1758, 0.5138, 1.0984, -0.9567, -0.1417],
  // darkShare
  [0.5809, 0.1238, -0.4879, 0.1448, 0.3431],
  // nucleusShare
  [0.9456, 0.1857, -0.2768, 0.3496, -0.0728],
  // darkOffset
  [0.0352, 0.0449, 0.6783, -0.4135, -0.2648],
  // darkSpread
  [0.0145, 0.0173, 0.0829, -0.5804, 0.4975],
  // darkElongation
  [0.849, 0.0991, 0.0686, 0.0092, -0.0779],
  // darkRoughness
  [1.0354, 0.0788, -0.0568, 0.2108, -0.154],
  // cellElongation
  [0.9077, 0.0644, -0.1051, -0.0826, 0.1877],
  // separability
  [0.7663, 0.0488, -0.4759, 0.0088, 0.4672],
  // logDarkDensity
  [4.8141, 0.2321, -0.2834, 0.2231, 0.0603],
  // logPaleDensity
  [4.0383, 0.1658, 0.2428, 0.2303, -0.4731],
  // contrast
  [0.559, 0.0748, -0.1372, 0.8781, -0.7409],
  // darkTexture
  [0.2312, 0.068, 0.5048, -0.9434, 0.4386],
  // darkRedToGreen
  [0.6464, 0.1899, 0.0353, -0.4703, 0.435],
  // paleRedToGreen
  [0.6741, 0.1699, 0.0587, 0.2026, -0.2613],
];

export const CLASSIFIER_WEIGHTS: ClassifierWeights = {
  classes: CLASSES,
  center: FEATURES.map(([center]) => center),
  spread: FEATURES.map(([, spread]) => spread),
  bias: [-0.5572, -0.1174, 0.6745],
  weights: CLASSES.map((_, k) => FEATURES.map((feature) => feature[k + 2])),
};

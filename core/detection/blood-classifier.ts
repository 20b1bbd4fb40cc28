// Written by bench/train-blood-classifier.ts; change the script, not this file.
import type { ClassifierWeights } from './classifier-weights.ts';

export const BLOOD_CLASSIFIER: ClassifierWeights = {
  classes: ['WBC-Lymphocyte', 'WBC-Macrophage', 'WBC-Neutrophil', 'WBC-Eosinophil'],
  bias: [-0.743, 0.035, 0.741, -0.033],
  features: [
    { name: 'nucleusSolidity', center: 0.82, spread: 0.151, weights: [0.529, 0.54, -0.574, -0.495] },
    { name: 'nucleusThickness', center: 0.431, spread: 0.295, weights: [1.152, -0.274, -0.656, -0.221] },
    { name: 'logNucleusRed', center: -0.869, spread: 0.448, weights: [0.461, -0.575, 0.179, -0.065] },
    { name: 'logRingRed', center: -2.187, spread: 0.508, weights: [-0.24, 0.416, 0.069, -0.245] },
    { name: 'nucleusBlueToGreen', center: 0.28, spread: 0.112, weights: [-0.351, 0.404, -0.254, 0.202] },
    { name: 'rimBlueToGreen', center: 0.586, spread: 0.197, weights: [0.082, -0.449, 0.657, -0.29] },
    { name: 'rimRedToGreen', center: 0.617, spread: 0.2, weights: [0.684, 0.432, -0.53, -0.586] },
    { name: 'gapToNucleus', center: 0.368, spread: 0.151, weights: [0.175, 0.052, -0.983, 0.757] },
  ],
};

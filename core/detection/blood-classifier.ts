// Written by bench/train-blood-classifier.ts; change the script, not this file.
import type { ClassifierWeights } from './classifier-weights.ts';

export const BLOOD_CLASSIFIER: ClassifierWeights = {
  classes: ['WBC-Lymphocyte', 'WBC-Macrophage', 'WBC-Neutrophil', 'WBC-Eosinophil'],
  bias: [-0.741, 0.034, 0.737, -0.03],
  features: [
    { name: 'nucleusSolidity', center: 0.821, spread: 0.152, weights: [0.532, 0.549, -0.58, -0.5] },
    { name: 'nucleusThickness', center: 0.432, spread: 0.295, weights: [1.144, -0.288, -0.663, -0.193] },
    { name: 'logNucleusRed', center: -0.869, spread: 0.448, weights: [0.461, -0.573, 0.18, -0.068] },
    { name: 'logRingRed', center: -2.187, spread: 0.508, weights: [-0.234, 0.419, 0.063, -0.248] },
    { name: 'nucleusBlueToGreen', center: 0.28, spread: 0.112, weights: [-0.348, 0.403, -0.257, 0.202] },
    { name: 'rimBlueToGreen', center: 0.587, spread: 0.197, weights: [0.077, -0.451, 0.658, -0.283] },
    { name: 'rimRedToGreen', center: 0.617, spread: 0.2, weights: [0.687, 0.431, -0.529, -0.589] },
    { name: 'gapToNucleus', center: 0.368, spread: 0.153, weights: [0.169, 0.058, -0.979, 0.752] },
  ],
};

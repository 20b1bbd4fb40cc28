// Written by bench/train-blood-classifier.ts; change the script, not this file.
import type { ClassifierWeights } from './classifier-weights.ts';

export const BLOOD_CLASSIFIER: ClassifierWeights = {
  classes: ['WBC-Lymphocyte', 'WBC-Macrophage', 'WBC-Neutrophil', 'WBC-Eosinophil'],
  bias: [-0.718, 0.054, 0.72, -0.055],
  features: [
    { name: 'nucleusSolidity', center: 0.822, spread: 0.149, weights: [0.506, 0.519, -0.575, -0.449] },
    { name: 'nucleusThickness', center: 0.436, spread: 0.294, weights: [1.148, -0.276, -0.647, -0.225] },
    { name: 'logNucleusRed', center: -0.87, spread: 0.45, weights: [0.466, -0.571, 0.172, -0.067] },
    { name: 'logRingRed', center: -2.186, spread: 0.511, weights: [-0.228, 0.428, 0.062, -0.262] },
    { name: 'nucleusBlueToGreen', center: 0.281, spread: 0.112, weights: [-0.339, 0.422, -0.265, 0.182] },
    { name: 'rimBlueToGreen', center: 0.587, spread: 0.198, weights: [0.078, -0.454, 0.658, -0.281] },
    { name: 'rimRedToGreen', center: 0.618, spread: 0.201, weights: [0.689, 0.43, -0.541, -0.578] },
    { name: 'gapToNucleus', center: 0.368, spread: 0.15, weights: [0.145, 0.024, -0.963, 0.794] },
  ],
};

// Written by bench/train-blood-classifier.ts; change the script, not this file.
import type { ClassifierWeights } from './classifier-weights.ts';

export const BLOOD_CLASSIFIER: ClassifierWeights = {
  classes: ['WBC-Lymphocyte', 'WBC-Macrophage', 'WBC-Neutrophil', 'WBC-Eosinophil'],
  bias: [-0.7434, 0.035, 0.741, -0.0326],
  features: [
    { name: 'nucleusSolidity', center: 0.8201, spread: 0.1514, weights: [0.529, 0.54, -0.5745, -0.4945] },
    { name: 'nucleusThickness', center: 0.4309, spread: 0.2947, weights: [1.1521, -0.2744, -0.6565, -0.2212] },
    { name: 'logNucleusRed', center: -0.869, spread: 0.4477, weights: [0.4606, -0.5746, 0.1793, -0.0653] },
    { name: 'logRingRed', center: -2.1873, spread: 0.5075, weights: [-0.2397, 0.4156, 0.0688, -0.2448] },
    { name: 'nucleusBlueToGreen', center: 0.28, spread: 0.1121, weights: [-0.3509, 0.4038, -0.2544, 0.2015] },
    { name: 'rimBlueToGreen', center: 0.5864, spread: 0.1973, weights: [0.0815, -0.4492, 0.6574, -0.2897] },
    { name: 'rimRedToGreen', center: 0.6173, spread: 0.1998, weights: [0.6836, 0.4319, -0.5297, -0.5858] },
    { name: 'gapToNucleus', center: 0.368, spread: 0.1515, weights: [0.1748, 0.0515, -0.9833, 0.757] },
  ],
};

// Written by bench/train-classifier.ts; change the script, not this file.
import type { ClassifierWeights } from './classifier-weights.ts';

export const CLASSIFIER_WEIGHTS: ClassifierWeights = {
  classes: ['WBC-Macrophage', 'WBC-Lymphocyte', 'WBC-Neutrophil'],
  bias: [4.493, -1.09, -3.402],
  features: [
    { name: 'logCellArea', center: 0.427, spread: 0.863, weights: [0.956, -0.346, -0.61] },
    { name: 'logDarkArea', center: -0.83, spread: 0.637, weights: [1.432, -1.151, -0.281] },
    { name: 'darkShare', center: 0.326, spread: 0.213, weights: [-0.949, 0.943, 0.006] },
    { name: 'paleRim', center: 0.868, spread: 0.546, weights: [1.054, -0.695, -0.359] },
    { name: 'darkThickness', center: 0.73, spread: 0.32, weights: [0.774, 0.886, -1.661] },
    { name: 'lobes', center: 1, spread: 1, weights: [-0.321, -0.612, 0.933] },
    { name: 'share60', center: 0.296, spread: 0.174, weights: [-1.018, 0.911, 0.108] },
    { name: 'share80', center: 0.167, spread: 0.092, weights: [-0.785, 0.458, 0.326] },
    { name: 'solidity80', center: 0.843, spread: 0.243, weights: [0.54, 0.818, -1.358] },
    { name: 'largestPart80', center: 1, spread: 0.22, weights: [0.569, 0.529, -1.097] },
    { name: 'innerGradient', center: 0.2, spread: 0.083, weights: [-0.721, -0.137, 0.858] },
    { name: 'borderGradient', center: 0.416, spread: 0.116, weights: [-0.733, 0.606, 0.127] },
    { name: 'centreToInner', center: 1.102, spread: 0.303, weights: [0.772, 0.609, -1.381] },
    { name: 'paleToPeak', center: 0.304, spread: 0.074, weights: [0.79, -0.459, -0.331] },
    { name: 'redContrast', center: 0.67, spread: 0.078, weights: [-0.535, -0.087, 0.622] },
    { name: 'paleTexture', center: 0.367, spread: 0.099, weights: [-1.095, 1.175, -0.08] },
    { name: 'greenTexture', center: 0.302, spread: 0.152, weights: [0.504, -0.781, 0.277] },
    { name: 'redGreenCorrelation', center: 0.973, spread: 0.063, weights: [0.606, -1.165, 0.559] },
    { name: 'darkBlueToGreen', center: 0.63, spread: 0.173, weights: [0.229, -0.727, 0.497] },
    { name: 'paleBlueToGreen', center: 0.675, spread: 0.171, weights: [0.078, -0.661, 0.582] },
  ],
};

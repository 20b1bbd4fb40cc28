// Written by bench/train-classifier.ts; change the script, not this file.
import type { ClassifierWeights } from './classifier-weights.ts';

export const CLASSIFIER_WEIGHTS: ClassifierWeights = {
  classes: ['WBC-Macrophage', 'WBC-Lymphocyte', 'WBC-Neutrophil'],
  bias: [4.488, -1.095, -3.393],
  features: [
    { name: 'logCellArea', center: 0.426, spread: 0.863, weights: [0.953, -0.341, -0.612] },
    { name: 'logDarkArea', center: -0.83, spread: 0.638, weights: [1.441, -1.15, -0.291] },
    { name: 'darkShare', center: 0.326, spread: 0.213, weights: [-0.943, 0.954, -0.011] },
    { name: 'paleRim', center: 0.867, spread: 0.546, weights: [1.052, -0.698, -0.355] },
    { name: 'darkThickness', center: 0.73, spread: 0.32, weights: [0.776, 0.869, -1.644] },
    { name: 'lobes', center: 1, spread: 1, weights: [-0.322, -0.619, 0.941] },
    { name: 'share60', center: 0.296, spread: 0.174, weights: [-1.025, 0.921, 0.104] },
    { name: 'share80', center: 0.167, spread: 0.092, weights: [-0.786, 0.463, 0.324] },
    { name: 'solidity80', center: 0.843, spread: 0.243, weights: [0.543, 0.811, -1.354] },
    { name: 'largestPart80', center: 1, spread: 0.22, weights: [0.57, 0.536, -1.106] },
    { name: 'innerGradient', center: 0.2, spread: 0.083, weights: [-0.727, -0.119, 0.846] },
    { name: 'borderGradient', center: 0.415, spread: 0.116, weights: [-0.735, 0.594, 0.142] },
    { name: 'centreToInner', center: 1.102, spread: 0.304, weights: [0.771, 0.613, -1.384] },
    { name: 'paleToPeak', center: 0.304, spread: 0.075, weights: [0.778, -0.458, -0.32] },
    { name: 'redContrast', center: 0.67, spread: 0.077, weights: [-0.53, -0.098, 0.628] },
    { name: 'paleTexture', center: 0.367, spread: 0.099, weights: [-1.094, 1.174, -0.08] },
    { name: 'greenTexture', center: 0.302, spread: 0.151, weights: [0.507, -0.782, 0.275] },
    { name: 'redGreenCorrelation', center: 0.973, spread: 0.063, weights: [0.614, -1.166, 0.552] },
    { name: 'darkBlueToGreen', center: 0.63, spread: 0.174, weights: [0.227, -0.726, 0.499] },
    { name: 'paleBlueToGreen', center: 0.675, spread: 0.171, weights: [0.083, -0.66, 0.577] },
  ],
};

// Written by bench/train-classifier.ts; change the script, not this file.
import type { ClassifierWeights } from './classifier-weights.ts';

export const CLASSIFIER_WEIGHTS: ClassifierWeights = {
  classes: ['WBC-Macrophage', 'WBC-Lymphocyte', 'WBC-Neutrophil'],
  bias: [3.891, -0.963, -2.929],
  features: [
    { name: 'logCellArea', center: 0.569, spread: 0.951, weights: [0.874, -0.355, -0.519] },
    { name: 'logDarkArea', center: -0.614, spread: 0.634, weights: [1.278, -0.974, -0.304] },
    { name: 'darkShare', center: 0.322, spread: 0.213, weights: [-0.816, 0.776, 0.04] },
    { name: 'paleRim', center: 0.914, spread: 0.599, weights: [0.887, -0.513, -0.374] },
    { name: 'darkThickness', center: 0.724, spread: 0.321, weights: [0.626, 0.864, -1.49] },
    { name: 'lobes', center: 1, spread: 1, weights: [-0.288, -0.529, 0.817] },
    { name: 'share60', center: 0.297, spread: 0.174, weights: [-0.88, 0.787, 0.093] },
    { name: 'share80', center: 0.167, spread: 0.091, weights: [-0.689, 0.445, 0.244] },
    { name: 'solidity80', center: 0.841, spread: 0.247, weights: [0.405, 0.738, -1.143] },
    { name: 'largestPart80', center: 1, spread: 0.22, weights: [0.53, 0.432, -0.962] },
    { name: 'innerGradient', center: 0.192, spread: 0.083, weights: [-0.619, -0.082, 0.7] },
    { name: 'borderGradient', center: 0.392, spread: 0.129, weights: [-0.605, 0.473, 0.132] },
    { name: 'centreToInner', center: 1.099, spread: 0.305, weights: [0.676, 0.525, -1.201] },
    { name: 'paleToPeak', center: 0.305, spread: 0.075, weights: [0.685, -0.378, -0.308] },
    { name: 'redContrast', center: 0.668, spread: 0.077, weights: [-0.43, -0.004, 0.433] },
    { name: 'paleTexture', center: 0.367, spread: 0.102, weights: [-1.061, 1.024, 0.037] },
    { name: 'greenTexture', center: 0.302, spread: 0.153, weights: [0.419, -0.681, 0.262] },
    { name: 'redGreenCorrelation', center: 0.973, spread: 0.063, weights: [0.508, -1.13, 0.622] },
    { name: 'darkBlueToGreen', center: 0.63, spread: 0.174, weights: [0.235, -0.622, 0.388] },
    { name: 'paleBlueToGreen', center: 0.673, spread: 0.171, weights: [0.099, -0.583, 0.484] },
  ],
};

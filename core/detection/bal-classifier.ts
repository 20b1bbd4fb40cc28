// Written by bench/train-classifier.ts; change the script, not this file.
import type { ClassifierWeights } from './classifier-weights.ts';

export const CLASSIFIER_WEIGHTS: ClassifierWeights = {
  classes: ['WBC-Macrophage', 'WBC-Lymphocyte', 'WBC-Neutrophil'],
  bias: [3.8914, -0.9629, -2.9285],
  features: [
    { name: 'logCellArea', center: 0.5691, spread: 0.9507, weights: [0.8737, -0.3551, -0.5186] },
    { name: 'logDarkArea', center: -0.6141, spread: 0.6339, weights: [1.2775, -0.9736, -0.3039] },
    { name: 'darkShare', center: 0.3223, spread: 0.2129, weights: [-0.8159, 0.7759, 0.04] },
    { name: 'paleRim', center: 0.9137, spread: 0.5988, weights: [0.8867, -0.5132, -0.3735] },
    { name: 'darkThickness', center: 0.7244, spread: 0.3208, weights: [0.626, 0.8644, -1.4904] },
    { name: 'lobes', center: 1, spread: 1, weights: [-0.2877, -0.5289, 0.8166] },
    { name: 'share60', center: 0.2965, spread: 0.1736, weights: [-0.8801, 0.7874, 0.0926] },
    { name: 'share80', center: 0.1667, spread: 0.0907, weights: [-0.6891, 0.4452, 0.2438] },
    { name: 'solidity80', center: 0.8409, spread: 0.2467, weights: [0.4046, 0.738, -1.1426] },
    { name: 'largestPart80', center: 1, spread: 0.2195, weights: [0.5304, 0.432, -0.9624] },
    { name: 'innerGradient', center: 0.1925, spread: 0.0827, weights: [-0.6185, -0.0818, 0.7003] },
    { name: 'borderGradient', center: 0.3924, spread: 0.1285, weights: [-0.6046, 0.473, 0.1316] },
    { name: 'centreToInner', center: 1.0992, spread: 0.3052, weights: [0.6762, 0.5245, -1.2007] },
    { name: 'paleToPeak', center: 0.3046, spread: 0.0747, weights: [0.6854, -0.3778, -0.3076] },
    { name: 'redContrast', center: 0.6683, spread: 0.0769, weights: [-0.4296, -0.0038, 0.4334] },
    { name: 'paleTexture', center: 0.3668, spread: 0.1018, weights: [-1.0606, 1.0238, 0.0368] },
    { name: 'greenTexture', center: 0.302, spread: 0.1526, weights: [0.419, -0.681, 0.2621] },
    { name: 'redGreenCorrelation', center: 0.9729, spread: 0.063, weights: [0.5081, -1.1298, 0.6218] },
    { name: 'darkBlueToGreen', center: 0.6302, spread: 0.1736, weights: [0.2347, -0.6224, 0.3877] },
    { name: 'paleBlueToGreen', center: 0.6726, spread: 0.1713, weights: [0.0991, -0.583, 0.4838] },
  ],
};

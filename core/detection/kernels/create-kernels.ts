import { type Kernels, PLAIN_KERNELS } from './kernels.ts';
import { simdKernels } from './simd-kernels.ts';
import { SimdMemory } from './simd-memory.ts';

/**
 * Makes the fastest kernels that this machine runs: SIMD in WebAssembly, else plain TypeScript. They hold one
 * small working memory, so make one set per thread and keep it.
 */
export function createKernels(): Kernels {
  const memory = SimdMemory.open();
  return memory ? simdKernels(memory) : PLAIN_KERNELS;
}

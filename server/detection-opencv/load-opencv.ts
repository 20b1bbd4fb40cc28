import { createRequire } from 'node:module';

type Module = typeof import('@techstark/opencv-js');
/** OpenCV, ready to use. */
export type OpenCv = Omit<Module, 'then'>;
export type Mat = import('@techstark/opencv-js').Mat;

/**
 * Brings OpenCV into this process: about 0.3 s the first time. It holds 128 MiB, 256 after 12 megapixels at working
 * scale and at most 1 GiB, which is enough for 48; they are never given back. For processes that open images, and for nothing else.
 */
export async function loadOpencv(): Promise<OpenCv> {
  // While it loads it looks like a promise that is fulfilled with itself, so `await import()` would never end.
  const module: LoadingModule = createRequire(import.meta.url)('@techstark/opencv-js');
  await new Promise<void>((resolve) => {
    if (module.then) module.then(() => resolve());
    else resolve();
  });
  delete module.then;
  return module as OpenCv;
}

type LoadingModule = OpenCv & { then?: (ready: () => void) => unknown };

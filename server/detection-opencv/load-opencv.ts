type Module = typeof import('@techstark/opencv-js');
/** OpenCV, ready to use. */
export type OpenCv = Omit<Module, 'then'>;
export type Mat = import('@techstark/opencv-js').Mat;

/**
 * Brings OpenCV into this process: about 0.3 s the first time, 128 MiB that grow with the largest image and are
 * never given back. For processes that open images, and for nothing else.
 */
export async function loadOpencv(): Promise<OpenCv> {
  const { default: module } = (await import('@techstark/opencv-js')) as unknown as { default: LoadingModule };
  await new Promise<void>((resolve) => {
    if (module.then) module.then(() => resolve());
    else resolve();
  });
  // It would call itself for ever when an async function returns it.
  delete module.then;
  return module as OpenCv;
}

type LoadingModule = OpenCv & { then?: (ready: () => void) => unknown };

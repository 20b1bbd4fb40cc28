import type { Mat, OpenCv } from './load-opencv.ts';

/** What OpenCV allocates outside the garbage collector's reach. */
interface Native {
  delete(): void;
}

/** Notes something that OpenCV allocated, to be freed when the work is done. */
export type Own = <Kind extends Native>(native: Kind) => Kind;

/**
 * Does work with OpenCV and frees all that it noted, also when it throws.
 * @throws Error with OpenCV's own words; RangeError when its memory is at an end
 */
export function withMats<Result>(cv: OpenCv, work: (own: Own) => Result): Result {
  const owned: Native[] = [];
  try {
    return work((native) => {
      owned.push(native);
      return native;
    });
  } catch (error) {
    throw readable(cv, error);
  } finally {
    for (const native of owned) native.delete();
  }
}

/** A copy of one channel of 8 bits. */
export function grayMat(cv: OpenCv, values: Uint8Array, width: number, height: number): Mat {
  const mat = new cv.Mat(height, width, cv.CV_8UC1);
  mat.data.set(values);
  return mat;
}

/** OpenCV throws the address of its exception. */
function readable(cv: OpenCv, error: unknown): unknown {
  return typeof error === 'number' ? new Error(`OpenCV: ${cv.exceptionFromPtr(error).msg}`) : error;
}

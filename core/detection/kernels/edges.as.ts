/**
 * Counts the gradients of the inner pixels of one row in four histograms of 512 u32 that are to be added.
 * @param source three rows of bytes, the row counted in the middle
 */
export function countGradients(source: usize, width: i32, histograms: usize): void {
  const line = source + (width as usize);
  let x: i32 = 1;
  for (; x + 8 < width; x += 8) {
    const at = line + (x as usize);
    const across = difference(at + 1, at - 1);
    const down = difference(at + (width as usize), at - (width as usize));
    count(histograms, gradients(lowPairs(across, down)));
    count(histograms, gradients(highPairs(across, down)));
  }
  for (; x < width - 1; x++) {
    const at = histograms + (gradient(line + (x as usize), width as usize) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

function difference(after: usize, before: usize): v128 {
  return i16x8.sub(v128.load_ext<u8>(after), v128.load_ext<u8>(before));
}

function lowPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

function highPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** Whole part of √(across² + down²) of four pixels; 32-bit floats are exact enough for it below 2^17. */
function gradients(pairs: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.sqrt(f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(pairs, pairs))));
}

function count(histograms: usize, values: v128): void {
  const places = i32x4.shl(values, 2);
  const a = histograms + (i32x4.extract_lane(places, 0) as usize);
  const b = histograms + (i32x4.extract_lane(places, 1) as usize);
  const c = histograms + (i32x4.extract_lane(places, 2) as usize);
  const d = histograms + (i32x4.extract_lane(places, 3) as usize);
  store<u32>(a, load<u32>(a) + 1);
  store<u32>(b, load<u32>(b, 2048) + 1, 2048);
  store<u32>(c, load<u32>(c, 4096) + 1, 4096);
  store<u32>(d, load<u32>(d, 6144) + 1, 6144);
}

function gradient(at: usize, stride: usize): usize {
  const across = (load<u8>(at + 1) as i32) - (load<u8>(at - 1) as i32);
  const down = (load<u8>(at + stride) as i32) - (load<u8>(at - stride) as i32);
  return sqrt<f32>((across * across + down * down) as f32) as usize;
}

/**
 * Score of `count` pixels by tables.
 * @param rgb 3 bytes a pixel
 * @param tables i64 per channel and value: X in bits 0–21, Y from bit 22
 * @param cubeRoot i32 per step
 * @param green i32 per value
 */
export function scorePixels(
  rgb: usize,
  score: usize,
  count: i32,
  tables: usize,
  cubeRoot: usize,
  green: usize,
): void {
  for (let i: i32 = 0; i < count; i++) {
    const r = load<u8>(rgb) as usize;
    const g = load<u8>(rgb, 1) as usize;
    const b = load<u8>(rgb, 2) as usize;
    // Both sums stay within their bits, so one addition makes them both.
    const sums =
      load<i64>(tables + (r << 3)) + load<i64>(tables + (g << 3), 2048) + load<i64>(tables + (b << 3), 4096);
    const x = ((sums as usize) & 0x3fffff) >> 8;
    const y = (sums >> 30) as usize;
    const value =
      (load<i32>(cubeRoot + (x << 2)) - load<i32>(cubeRoot + (y << 2)) + load<i32>(green + (g << 2))) >> 8;
    store<u8>(score, min<i32>(255, max<i32>(0, value)));
    rgb += 3;
    score++;
  }
}

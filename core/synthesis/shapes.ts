/** A region of the plane: about the signed distance to its border in px, negative inside. */
export type Shape = (x: number, y: number) => number;

export interface BlobOptions {
  x: number;
  y: number;
  /** Radius of a disc of the same area, px. */
  radius: number;
  /** Long over short axis, 1 or more. */
  aspect: number;
  /** Direction of the long axis, radians. */
  angle: number;
  /** Depth of the dents and bulges relative to the radius. */
  irregularity: number;
}

/** An ellipse with gentle dents and bulges. */
export function blob(options: BlobOptions, random: () => number): Shape {
  const { x, y, radius, aspect, angle, irregularity } = options;
  const long = radius * Math.sqrt(aspect);
  const short = radius / Math.sqrt(aspect);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const waves = [2, 3, 4, 5].map((count) => ({
    count,
    height: (irregularity * (0.4 + random())) / count,
    phase: 2 * Math.PI * random(),
  }));
  return (px, py) => {
    const u = (cos * (px - x) + sin * (py - y)) / long;
    const v = (cos * (py - y) - sin * (px - x)) / short;
    const around = Math.atan2(v, u);
    let border = 1;
    for (const { count, height, phase } of waves) border += height * Math.cos(count * around + phase);
    return (Math.hypot(u, v) - border) * radius;
  };
}

/** A bar with round ends. */
export function capsule(x1: number, y1: number, x2: number, y2: number, radius: number): Shape {
  const dx = x2 - x1;
  const dy = y2 - y1;
  const lengthSquared = dx * dx + dy * dy || 1;
  return (x, y) => {
    const along = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / lengthSquared));
    return Math.hypot(x - x1 - along * dx, y - y1 - along * dy) - radius;
  };
}

/** Union of shapes, joined by a fillet of about `fillet` px (polynomial smooth minimum, Quilez 2013). */
export function joined(shapes: readonly Shape[], fillet: number): Shape {
  return (x, y) => {
    let distance = Number.POSITIVE_INFINITY;
    for (const shape of shapes) {
      const next = shape(x, y);
      const overlap = Math.max(fillet - Math.abs(distance - next), 0) / fillet;
      distance = Math.min(distance, next) - (overlap * overlap * fillet) / 4;
    }
    return distance;
  };
}

/** What is left of a shape when another is cut out. */
export function without(shape: Shape, cut: Shape): Shape {
  return (x, y) => Math.max(shape(x, y), -cut(x, y));
}

/** Share of a pixel that lies inside, with a border that fades over `softness` px: 0–1. */
export function coverage(distance: number, softness: number): number {
  const t = Math.min(1, Math.max(0, 0.5 - distance / softness));
  return t * t * (3 - 2 * t);
}

import { cellularNoise, valueNoise } from './noise.ts';
import { blob, capsule, coverage, joined, type Shape, without } from './shapes.ts';

/** Cells the synthesis can draw, by the codes they are stored under. */
export const SYNTHETIC_CELL_TYPES = [
  'WBC-Macrophage',
  'WBC-Lymphocyte',
  'WBC-Neutrophil',
  'WBC-Eosinophil',
  'Epithelial-Ciliated',
  'RBC',
  'Debris',
] as const;

export type SyntheticCellType = (typeof SYNTHETIC_CELL_TYPES)[number];

/** Optical density in red, green and blue. */
export type Density = readonly [number, number, number];

/** One cell to draw, around the origin. */
export interface CellModel {
  cellType: SyntheticCellType;
  body: Shape;
  nucleus?: Shape;
  /** Nothing is drawn further from the origin, px. */
  reach: number;
  /** Radius that other cells keep clear of, px. */
  radius: number;
  /** Optical density at a point of the body. */
  paint: (x: number, y: number) => Density;
}

/** Optical densities on a Giemsa-type stain, read off real fields. */
const NUCLEUS: Density = [0.41, 0.4, 0.14];
const DENSE_NUCLEUS: Density = [0.56, 0.53, 0.19];
const GREY_BLUE: Density = [0.225, 0.165, 0.055];
const PALE_BLUE: Density = [0.16, 0.105, 0.03];
const PALE_PINK: Density = [0.05, 0.08, 0.05];
const EOSIN: Density = [0.07, 0.36, 0.27];
const RED_CELL: Density = [0.03, 0.13, 0.12];

/**
 * Makes one cell of a type.
 * @param scale px per px of a 20 px nucleus
 * @param random uniform in [0, 1)
 */
export function makeCell(cellType: SyntheticCellType, scale: number, random: () => number): CellModel {
  return MAKERS[cellType](scale, random);
}

type CellMaker = (scale: number, random: () => number) => CellModel;

const MAKERS: Record<SyntheticCellType, CellMaker> = {
  'WBC-Macrophage': makeMacrophage,
  'WBC-Lymphocyte': makeLymphocyte,
  'WBC-Neutrophil': makeNeutrophil,
  'WBC-Eosinophil': makeEosinophil,
  'Epithelial-Ciliated': makeCiliated,
  RBC: makeRedCell,
  Debris: makeDebris,
};

/** Wide foamy cytoplasm that fades out, an eccentric oval or kidney-shaped nucleus. */
function makeMacrophage(scale: number, random: () => number): CellModel {
  const radius = scale * between(random, 15, 23);
  const angle = turn(random);
  const nucleusRadius = scale * between(random, 8.6, 11);
  const away = Math.max(0, radius - nucleusRadius - 3 * scale) * between(random, 0.6, 1);
  const nucleusX = away * Math.cos(angle);
  const nucleusY = away * Math.sin(angle);
  const body = blob(
    { x: 0, y: 0, radius, aspect: between(random, 1, 1.3), angle: turn(random), irregularity: 0.09 },
    random,
  );
  const oval = blob(
    {
      x: nucleusX,
      y: nucleusY,
      radius: nucleusRadius,
      aspect: between(random, 1.15, 1.6),
      angle: angle + Math.PI / 2,
      irregularity: 0.05,
    },
    random,
  );
  const dent = blob(
    {
      x: nucleusX - 1.25 * nucleusRadius * Math.cos(angle),
      y: nucleusY - 1.25 * nucleusRadius * Math.sin(angle),
      radius: nucleusRadius * 0.75,
      aspect: 1,
      angle: 0,
      irregularity: 0,
    },
    random,
  );
  const nucleus = random() < 0.4 ? without(oval, dent) : oval;
  const depth = between(random, 0.65, 1.25);
  const fineFoam = cellularNoise(seedFrom(random), scale * between(random, 2, 3));
  const coarseFoam = cellularNoise(seedFrom(random), scale * between(random, 4.5, 7));
  const grain = valueNoise(seedFrom(random), scale * 1.7);
  const clouds = valueNoise(seedFrom(random), scale * 9);
  const foaminess = random() < 0.5 ? between(random, 0.1, 0.3) : between(random, 0.5, 0.85);
  const chromatin = paintChromatin(nucleus, shade(NUCLEUS, between(random, 0.85, 1.35)), scale, random);
  const softness = scale * between(random, 3, 8);
  const halo = scale * between(random, 10, 18);
  return {
    cellType: 'WBC-Macrophage',
    body,
    nucleus,
    reach: radius * 1.4 + halo / 2,
    radius: radius * 1.05,
    paint: (x, y) => {
      const distance = body(x, y);
      const faded = 0.1 * coverage(distance - 0.25 * halo, halo);
      if (faded === 0) return NOTHING;
      const vacuoles =
        foaminess *
        Math.max(coverage(fineFoam(x, y) - 0.33, 0.3), 0.9 * coverage(coarseFoam(x, y) - 0.3, 0.12));
      const texture = 0.6 + 0.25 * grain(x, y) + 0.5 * clouds(x, y);
      const deep = 0.75 + 0.35 * coverage(distance + 0.5 * radius, radius);
      const strength =
        depth * deep * texture * coverage(distance, softness) * (1 - vacuoles) + faded * texture;
      return chromatin(x, y, shade(GREY_BLUE, strength));
    },
  };
}

/** A dense round nucleus that nearly fills the cell. */
function makeLymphocyte(scale: number, random: () => number): CellModel {
  const nucleusRadius = scale * between(random, 6.6, 8);
  const rim = scale * between(random, 1, 2.6);
  const angle = turn(random);
  const body = blob(
    { x: 0, y: 0, radius: nucleusRadius + rim, aspect: between(random, 1, 1.12), angle, irregularity: 0.03 },
    random,
  );
  const nucleus = blob(
    {
      x: 0.5 * rim * Math.cos(angle),
      y: 0.5 * rim * Math.sin(angle),
      radius: nucleusRadius,
      aspect: between(random, 1, 1.15),
      angle: turn(random),
      irregularity: 0.035,
    },
    random,
  );
  const chromatin = paintChromatin(nucleus, shade(DENSE_NUCLEUS, between(random, 0.9, 1.15)), scale, random);
  return {
    cellType: 'WBC-Lymphocyte',
    body,
    nucleus,
    reach: nucleusRadius + rim + 4 * scale,
    radius: nucleusRadius + rim,
    paint: (x, y) => chromatin(x, y, shade(PALE_BLUE, 1.1 * coverage(body(x, y), 2.2 * scale))),
  };
}

/** Three or four lobes on an arc, joined by strands, in pale pink cytoplasm. */
function makeNeutrophil(scale: number, random: () => number): CellModel {
  const radius = scale * between(random, 11, 13);
  const body = blob(
    { x: 0, y: 0, radius, aspect: between(random, 1, 1.15), angle: turn(random), irregularity: 0.05 },
    random,
  );
  const lobeCount = random() < 0.5 ? 3 : 4;
  const nucleus = lobedNucleus(lobeCount, radius * 0.46, scale * between(random, 4.6, 5.2), scale, random);
  const chromatin = paintChromatin(nucleus, shade(DENSE_NUCLEUS, between(random, 0.85, 1.05)), scale, random);
  const grain = valueNoise(seedFrom(random), scale * 1.4);
  return {
    cellType: 'WBC-Neutrophil',
    body,
    nucleus,
    reach: radius * 1.3 + 3 * scale,
    radius,
    paint: (x, y) => {
      const strength = coverage(body(x, y), 3 * scale) * (0.75 + 0.5 * grain(x, y));
      return chromatin(x, y, shade(PALE_PINK, strength));
    },
  };
}

/** Two lobes amid orange-red granules. */
function makeEosinophil(scale: number, random: () => number): CellModel {
  const radius = scale * between(random, 11.5, 13.5);
  const body = blob(
    { x: 0, y: 0, radius, aspect: between(random, 1, 1.15), angle: turn(random), irregularity: 0.04 },
    random,
  );
  const nucleus = lobedNucleus(2, radius * 0.42, scale * between(random, 5.4, 6.2), scale, random);
  const chromatin = paintChromatin(nucleus, shade(DENSE_NUCLEUS, between(random, 0.9, 1.1)), scale, random);
  const granules = cellularNoise(seedFrom(random), scale * 2);
  return {
    cellType: 'WBC-Eosinophil',
    body,
    nucleus,
    reach: radius * 1.3 + 3 * scale,
    radius,
    paint: (x, y) => {
      const granule = coverage(granules(x, y) - 0.45, 0.5);
      return chromatin(x, y, shade(EOSIN, coverage(body(x, y), 2.5 * scale) * (0.45 + 0.5 * granule)));
    },
  };
}

/** A column with a basal oval nucleus, a terminal bar and cilia. */
function makeCiliated(scale: number, random: () => number): CellModel {
  const half = scale * between(random, 17, 21);
  const width = scale * between(random, 8, 9.5);
  const angle = turn(random);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const column = joined(
    [
      capsule(-half * cos, -half * sin, half * 0.5 * cos, half * 0.5 * sin, width * 0.8),
      capsule(0, 0, half * 0.7 * cos, half * 0.7 * sin, width),
    ],
    4 * scale,
  );
  const body: Shape = (x, y) => Math.max(column(x, y), cos * x + sin * y - half * 0.85);
  const nucleus = blob(
    {
      x: -0.25 * half * cos,
      y: -0.25 * half * sin,
      radius: scale * between(random, 7.6, 8.6),
      aspect: 1.45,
      angle,
      irregularity: 0.03,
    },
    random,
  );
  const chromatin = paintChromatin(nucleus, shade(NUCLEUS, between(random, 1, 1.3)), scale, random);
  const grain = valueNoise(seedFrom(random), scale * 2);
  return {
    cellType: 'Epithelial-Ciliated',
    body,
    nucleus,
    reach: half * 1.6 + 6 * scale,
    radius: half,
    paint: (x, y) => {
      const along = cos * x + sin * y - half * 0.85;
      const across = cos * y - sin * x;
      const bar =
        coverage(Math.abs(along + scale) - 0.7 * scale, 1.4 * scale) *
        coverage(Math.abs(across) - width, scale);
      const tuft =
        coverage(Math.abs(along - 3.2 * scale) - 2.8 * scale, scale) *
        coverage(Math.abs(across) - width, scale);
      const cilia = tuft * (0.35 + 0.3 * Math.cos((2 * Math.PI * across) / (1.7 * scale)));
      const strength =
        coverage(column(x, y), 2.5 * scale) * coverage(along, 1.5 * scale) * (0.7 + 0.5 * grain(x, y));
      return chromatin(x, y, shade(GREY_BLUE, strength + 0.8 * bar + cilia));
    },
  };
}

/** A pink disc, paler in the middle, without a nucleus. */
function makeRedCell(scale: number, random: () => number): CellModel {
  const radius = scale * between(random, 6.5, 7.8);
  const body = blob(
    { x: 0, y: 0, radius, aspect: between(random, 1, 1.25), angle: turn(random), irregularity: 0.05 },
    random,
  );
  const depth = between(random, 0.75, 1.1);
  return {
    cellType: 'RBC',
    body,
    reach: radius * 1.3 + 3 * scale,
    radius,
    paint: (x, y) => {
      const distance = body(x, y);
      const pallor = 0.35 * coverage(distance + 0.62 * radius, 0.7 * radius);
      return shade(RED_CELL, depth * coverage(distance, 1.8 * scale) * (1 - pallor));
    },
  };
}

/** A pale, torn fragment of a lysed cell, or a speck of stain. */
function makeDebris(scale: number, random: () => number): CellModel {
  const speck = random() < 0.5;
  const radius = scale * (speck ? between(random, 1, 2.2) : between(random, 5, 9));
  const body = blob(
    {
      x: 0,
      y: 0,
      radius,
      aspect: between(random, 1, 2),
      angle: turn(random),
      irregularity: speck ? 0.1 : 0.3,
    },
    random,
  );
  const torn = valueNoise(seedFrom(random), scale * 3);
  const colour = speck ? shade(DENSE_NUCLEUS, 1.2) : shade(PALE_BLUE, between(random, 0.4, 0.8));
  return {
    cellType: 'Debris',
    body,
    reach: radius * 2 + 4 * scale,
    radius,
    paint: (x, y) =>
      shade(colour, coverage(body(x, y), speck ? 1.5 * scale : 5 * scale) * (speck ? 1 : torn(x, y) ** 1.5)),
  };
}

/** Lobes on an arc around the middle of the cell, joined by strands. */
function lobedNucleus(
  count: number,
  arcRadius: number,
  lobeRadius: number,
  scale: number,
  random: () => number,
): Shape {
  const start = turn(random);
  const step =
    (count === 2 ? between(random, 2, 2.6) : (2 * Math.PI) / (count + 0.6)) * (random() < 0.5 ? 1 : -1);
  const centres = Array.from({ length: count }, (_, i) => {
    const angle = start + i * step + between(random, -0.12, 0.12);
    return { x: arcRadius * Math.cos(angle), y: arcRadius * Math.sin(angle), angle };
  });
  const lobes = centres.map(({ x, y, angle }) =>
    blob(
      {
        x,
        y,
        radius: lobeRadius * between(random, 0.88, 1.08),
        aspect: between(random, 1, 1.3),
        angle: angle + Math.PI / 2,
        irregularity: 0.05,
      },
      random,
    ),
  );
  const strands = centres
    .slice(1)
    .map(({ x, y }, i) => capsule(centres[i].x, centres[i].y, x, y, 1.3 * scale));
  return joined([...lobes, ...strands], 2 * scale);
}

/** Puts mottled chromatin with a darker rim over what lies below. */
function paintChromatin(nucleus: Shape, colour: Density, scale: number, random: () => number) {
  const fine = valueNoise(seedFrom(random), scale * 1.5);
  const coarse = valueNoise(seedFrom(random), scale * 4);
  const softness = scale * between(random, 1.5, 2.4);
  return (x: number, y: number, below: Density): Density => {
    const distance = nucleus(x, y);
    const inside = coverage(distance, softness);
    if (inside === 0) return below;
    const rim = Math.exp(-((distance / (1.4 * scale)) ** 2));
    const mottled = 0.62 + 0.5 * fine(x, y) + 0.26 * coarse(x, y);
    const strength = mottled + 0.12 * rim;
    return [
      below[0] + inside * (colour[0] * strength - below[0]),
      below[1] + inside * (colour[1] * strength - below[1]),
      below[2] + inside * (colour[2] * strength - below[2]),
    ];
  };
}

const NOTHING: Density = [0, 0, 0];

function shade(density: Density, strength: number): Density {
  return [density[0] * strength, density[1] * strength, density[2] * strength];
}

function between(random: () => number, least: number, most: number): number {
  return least + (most - least) * random();
}

function turn(random: () => number): number {
  return 2 * Math.PI * random();
}

function seedFrom(random: () => number): number {
  return Math.floor(random() * 2 ** 31);
}

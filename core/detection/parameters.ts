import type { StainFeature } from './stain.ts';

export type DetectionPreset = 'bal' | 'blood';

/** tree: core's own threshold ladder. opencv: Otsu and watershed in OpenCV, on the server, for lavage fields only. */
export const DETECTION_ENGINES = ['tree', 'opencv'] as const;

export type DetectionEngine = (typeof DETECTION_ENGINES)[number];

/** One detection parameter as shown to users, stored with a run and checked on input. */
export interface ParameterDefinition {
  /** As on the wire and in the database. */
  name: string;
  unit: string;
  default: number | string;
  min?: number;
  max?: number;
  step?: number;
  /** Words the parameter accepts; a numeric parameter with choices takes either. */
  choices?: readonly string[];
  description: string;
  engines: readonly DetectionEngine[];
  /** Defaults that differ from `default` under a preset. */
  presets?: Record<string, number | string>;
}

const TREE = ['tree'] as const;
const OPENCV = ['opencv'] as const;

/** Every parameter of cell detection with its unit, default and range. */
export const DETECTION_PARAMETERS: readonly ParameterDefinition[] = [
  {
    name: 'preset',
    unit: '',
    default: 'bal',
    choices: ['bal', 'blood'],
    description: 'Specimen: a lavage field (nuclei and their cells) or a blood smear (white and red cells).',
    engines: DETECTION_ENGINES,
  },
  {
    name: 'downscale',
    unit: '×',
    default: 'auto',
    min: 1,
    max: 8,
    step: 0.1,
    choices: ['auto'],
    description:
      'Image pixels per working pixel. auto: from microns per pixel, else from the size of the nuclei in the image.',
    engines: DETECTION_ENGINES,
  },
  {
    name: 'nucleus_diameter',
    unit: 'working px',
    default: 20,
    min: 8,
    max: 60,
    step: 1,
    description:
      'Diameter of a typical nucleus at working scale. Above 23, a lavage is shrunk further: more pixels gain nothing.',
    engines: DETECTION_ENGINES,
  },
  {
    name: 'min_area',
    unit: '× typical nucleus',
    default: 0.32,
    min: 0.1,
    max: 1,
    step: 0.02,
    description: 'Smallest nucleus kept.',
    engines: DETECTION_ENGINES,
  },
  {
    name: 'max_area',
    unit: '× typical nucleus',
    default: 3.5,
    min: 1.5,
    max: 10,
    step: 0.1,
    description: 'Largest nucleus kept.',
    engines: DETECTION_ENGINES,
  },
  {
    name: 'feature',
    unit: '',
    default: 'auto',
    choices: ['auto', 'chromatin', 'a*', 'saturation', 'od_green'],
    description:
      'Property of the stain that sets nuclei apart: chromatin (a* and density together), CIELAB a*, saturation or green optical density. auto: colours learned on Giemsa where the image has that stain, else chromatin.',
    engines: DETECTION_ENGINES,
    presets: { blood: 'saturation' },
  },
  {
    name: 'threshold_start',
    unit: 'score units',
    default: 3,
    min: 1,
    max: 10,
    step: 0.5,
    description: 'Lowest threshold of the ladder; lower finds paler nuclei.',
    engines: TREE,
  },
  {
    name: 'threshold_stop',
    unit: 'score units',
    default: 26,
    min: 15,
    max: 40,
    step: 0.5,
    description: 'End of the ladder; higher separates nuclei that touch in dark regions.',
    engines: TREE,
  },
  {
    name: 'threshold_step',
    unit: 'score units',
    default: 1,
    min: 0.5,
    max: 4,
    step: 0.1,
    description: 'Distance between two thresholds of the ladder; smaller is finer and slower.',
    engines: TREE,
  },
  {
    name: 'min_score',
    unit: '',
    default: 1.015,
    min: 0.7,
    max: 1.3,
    step: 0.005,
    description: 'Least quality of a nucleus: ellipse fit plus weighted edge contrast.',
    engines: TREE,
  },
  {
    name: 'edge_weight',
    unit: '',
    default: 0.5,
    min: 0,
    max: 1,
    step: 0.05,
    description: 'Weight of a sharp edge beside the ellipse fit.',
    engines: TREE,
  },
  {
    name: 'split_margin',
    unit: '',
    default: 0.02,
    min: 0,
    max: 0.1,
    step: 0.005,
    description: 'How much better parts must score than the whole before it is split.',
    engines: TREE,
  },
  {
    name: 'lymphocyte_threshold',
    unit: 'probability',
    default: 0.5,
    min: 0,
    max: 1,
    step: 0.05,
    description:
      'A cell is named lymphocyte from this probability on, lymphocyte against the next likely type; 0.5 takes the most probable.',
    engines: DETECTION_ENGINES,
  },
  {
    name: 'otsu_classes',
    unit: 'classes',
    default: 3,
    min: 2,
    max: 4,
    step: 1,
    description: 'Blood smears: number of stain classes; the strongest holds the nuclei of white cells.',
    engines: TREE,
  },
  {
    name: 'rbc_diameter',
    unit: 'working px',
    default: 32,
    min: 15,
    max: 80,
    step: 1,
    description: 'Blood smears: diameter of a red cell at working scale.',
    engines: TREE,
  },
  {
    name: 'lobe_gap',
    unit: '× red cell',
    default: 0.2,
    min: 0,
    max: 0.5,
    step: 0.02,
    description: 'Blood smears: nuclear lobes closer than this belong to one cell.',
    engines: TREE,
  },
  {
    name: 'box_pad',
    unit: '× red cell',
    default: 0.2,
    min: 0,
    max: 0.5,
    step: 0.02,
    description: 'Blood smears: margin of the cell box around the nucleus of a white cell.',
    engines: TREE,
  },
  {
    name: 'threshold',
    unit: 'steps of the 8-bit score',
    default: 'auto',
    min: 0,
    max: 255,
    step: 1,
    choices: ['auto'],
    description: 'Pixels above it are nuclei. auto: by Otsu among the stained pixels.',
    engines: OPENCV,
  },
  {
    name: 'circularity',
    unit: '',
    default: 0.3,
    min: 0,
    max: 1,
    step: 0.05,
    description: 'Least roundness of a nucleus: 4π × area / perimeter², 1 for a disc.',
    engines: OPENCV,
  },
];

/** Fully resolved parameters; units and ranges as in DETECTION_PARAMETERS. Those of other engines have their defaults. */
export type DetectionParameters = Readonly<{
  preset: DetectionPreset;
  downscale: number | 'auto';
  nucleusDiameter: number;
  minArea: number;
  maxArea: number;
  feature: StainFeature | 'auto';
  thresholdStart: number;
  thresholdStop: number;
  thresholdStep: number;
  minScore: number;
  edgeWeight: number;
  splitMargin: number;
  lymphocyteThreshold: number;
  otsuClasses: number;
  rbcDiameter: number;
  lobeGap: number;
  boxPad: number;
  threshold: number | 'auto';
  circularity: number;
}>;

/**
 * Checks parameters from outside and fills in the defaults of their preset.
 * @param input snake_case names; numbers or numeric strings
 * @param engine whose parameters may be given
 * @throws RangeError naming the parameter, its value and what is allowed; names the engine lacks are refused
 */
export function parseDetectionParameters(
  input: Record<string, unknown>,
  engine: DetectionEngine = 'tree',
): DetectionParameters {
  const known = parametersOf(engine).map(({ name }) => name);
  const unknown = Object.keys(input).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(
      `${unknown}: no such detection parameter of engine ${engine}; known are ${known.join(', ')}`,
    );
  }
  const preset = parseValue(definitionOf('preset'), input.preset === undefined ? 'bal' : input.preset);
  if (engine === 'opencv' && preset !== 'bal') {
    throw new RangeError(`preset: engine opencv finds cells of lavage fields only; use engine tree`);
  }
  const resolved: Record<string, number | string> = {};
  for (const definition of DETECTION_PARAMETERS) {
    const given = input[definition.name];
    const value = given === undefined ? (definition.presets?.[preset] ?? definition.default) : given;
    resolved[camelCase(definition.name)] = parseValue(definition, value);
  }
  // Each entry has just been checked against its definition.
  return resolved as unknown as DetectionParameters;
}

/** The parameters of one engine under their snake_case names, for storing with a run. */
export function describeParameters(
  parameters: DetectionParameters,
  engine: DetectionEngine = 'tree',
): Record<string, number | string> {
  const values: Record<string, number | string> = parameters;
  return Object.fromEntries(parametersOf(engine).map(({ name }) => [name, values[camelCase(name)]]));
}

/** Definitions of the parameters that an engine takes. */
export function parametersOf(engine: DetectionEngine): readonly ParameterDefinition[] {
  return DETECTION_PARAMETERS.filter(({ engines }) => engines.includes(engine));
}

function definitionOf(name: string): ParameterDefinition {
  return DETECTION_PARAMETERS.find((definition) => definition.name === name)!;
}

function parseValue(definition: ParameterDefinition, value: unknown): number | string {
  if (typeof value === 'string' && definition.choices?.includes(value)) return value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const { min, max } = definition;
  if (
    typeof number === 'number' &&
    min !== undefined &&
    max !== undefined &&
    number >= min &&
    number <= max
  ) {
    if (definition.unit !== 'classes' || Number.isInteger(number)) return number;
  }
  throw new RangeError(
    `${definition.name}: ${JSON.stringify(value)} is not allowed; use ${allowed(definition)}`,
  );
}

function allowed({ min, max, choices, unit }: ParameterDefinition): string {
  const words = choices ? choices.join(', ') : '';
  if (min === undefined) return `one of ${words}`;
  const range = `${unit === 'classes' ? 'a whole number' : 'a number'} from ${min} to ${max}`;
  return words ? `${words} or ${range}` : range;
}

function camelCase(name: string): string {
  return name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import { capitalised } from '../ui/format.ts';
import type { ParameterValues } from './detection-messages.ts';

export type Parameter = CallResult<Api['detectionParameters']>['parameters'][number];

/** What the browser runs; the other engines are the server's alone. */
const ENGINE = 'tree';
/** The specimen: which of the other parameters matter, and some of their defaults. */
export const SPECIMEN = 'preset';
const BLOOD = 'blood';
const ONLY_BLOOD: readonly string[] = ['otsu_classes', 'rbc_diameter', 'lobe_gap', 'box_pad'];
const BOTH: readonly string[] = [SPECIMEN, 'downscale', 'feature'];

const GROUPS: readonly { title: string; names: readonly string[] }[] = [
  { title: 'Size', names: ['downscale', 'nucleus_diameter', 'min_area', 'max_area', 'rbc_diameter'] },
  {
    title: 'Threshold',
    names: ['feature', 'threshold_start', 'threshold_stop', 'otsu_classes', 'min_score'],
  },
  { title: 'Shape', names: ['edge_weight', 'split_margin', 'lobe_gap', 'box_pad'] },
];
const REST = 'Advanced';

/** In the words of the laboratory; a parameter that is not listed goes by its own name. */
const LABELS: Readonly<Record<string, string>> = {
  preset: 'Specimen',
  downscale: 'Working scale',
  nucleus_diameter: 'Nucleus diameter',
  min_area: 'Smallest nucleus',
  max_area: 'Largest nucleus',
  rbc_diameter: 'Red cell diameter',
  feature: 'Stain property',
  threshold_start: 'Palest nucleus',
  threshold_stop: 'Darkest threshold',
  threshold_step: 'Threshold step',
  otsu_classes: 'Stain classes',
  min_score: 'Least quality',
  edge_weight: 'Weight of the edge',
  split_margin: 'Splitting',
  lymphocyte_threshold: 'Lymphocyte from',
  lobe_gap: 'Gap between lobes',
  box_pad: 'Margin of the box',
  bal: 'Lavage',
  blood: 'Blood smear',
  chromatin: 'Chromatin',
  'a*': 'Colour a*',
  saturation: 'Saturation',
  od_green: 'Green density',
};

/** A parameter or one of its choices, in words. */
export function wordFor(name: string): string {
  const plain = name.replaceAll('_', ' ');
  return LABELS[name] ?? capitalised(plain);
}

export interface ParameterGroup {
  title: string;
  parameters: Parameter[];
}

/** The parameters that matter for the specimen, in groups; those nobody placed come last. */
export function groupParameters(
  parameters: readonly Parameter[],
  values: ParameterValues,
  engine: string = ENGINE,
): ParameterGroup[] {
  const isBlood = values[SPECIMEN] === BLOOD;
  const shown = parameters.filter(
    ({ name, engines }) =>
      engines.includes(engine) && (BOTH.includes(name) || ONLY_BLOOD.includes(name) === isBlood),
  );
  const placed = GROUPS.map(({ title, names }) => ({
    title,
    parameters: names.flatMap((name) => shown.find((parameter) => parameter.name === name) ?? []),
  }));
  const names = new Set(placed.flatMap((group) => group.parameters.map(({ name }) => name)));
  const rest = shown.filter(({ name }) => !names.has(name));
  return [...placed, { title: REST, parameters: rest }].filter((group) => group.parameters.length > 0);
}

/** What every parameter of the engine has when nobody chose it: the laboratory's default, else the engine's. */
export function defaultValues(
  parameters: readonly Parameter[],
  laboratory: ParameterValues,
  chosen: ParameterValues = {},
  engine: string = ENGINE,
): ParameterValues {
  const own = parameters.filter(({ engines }) => engines.includes(engine));
  const specimen =
    chosen[SPECIMEN] ?? laboratory[SPECIMEN] ?? own.find(({ name }) => name === SPECIMEN)?.default;
  return Object.fromEntries(
    own.map(({ name, presets, default: usual }) => [
      name,
      name === SPECIMEN ? (specimen ?? usual) : (laboratory[name] ?? presets?.[specimen ?? ''] ?? usual),
    ]),
  );
}

/** Chosen values over the defaults; what the engine no longer knows is left out. */
export function withDefaults(
  parameters: readonly Parameter[],
  laboratory: ParameterValues,
  chosen: ParameterValues,
): ParameterValues {
  const defaults = defaultValues(parameters, laboratory, chosen);
  return Object.fromEntries(Object.keys(defaults).map((name) => [name, chosen[name] ?? defaults[name]]));
}

/** The values after one was set; another specimen brings its own defaults along. */
export function withValue(
  parameters: readonly Parameter[],
  laboratory: ParameterValues,
  { values, name, value }: { values: ParameterValues; name: string; value: number | string },
): ParameterValues {
  const changed = { ...values, [name]: value };
  if (name !== SPECIMEN || value === values[SPECIMEN]) return changed;
  return defaultValues(parameters, laboratory, { [SPECIMEN]: value });
}

export function sameValues(a: ParameterValues, b: ParameterValues): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

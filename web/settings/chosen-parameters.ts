import type { ParameterValues } from '../detection/detection-messages.ts';
import { defaultValues, type Parameter, SPECIMEN } from '../detection/parameter-values.ts';

interface Chosen {
  engine: string;
  /** What holds where nothing is chosen, over the engine's own defaults. */
  base: ParameterValues;
  parameters: ParameterValues;
}

/**
 * The chosen parameters after one was set: what is as it would be anyway is left out. Another specimen has other
 * defaults, so that what was chosen for the one before goes.
 */
export function chosenParameters(
  described: readonly Parameter[],
  { engine, base, parameters }: Chosen,
  name: string,
  value: number | string,
): ParameterValues {
  const chosen = name === SPECIMEN ? { [name]: value } : { ...parameters, [name]: value };
  const usual =
    name === SPECIMEN
      ? defaultValues(described, base, {}, engine)
      : defaultValues(described, base, parameters, engine);
  if (value !== usual[name]) return chosen;
  return Object.fromEntries(Object.entries(chosen).filter(([one]) => one !== name));
}

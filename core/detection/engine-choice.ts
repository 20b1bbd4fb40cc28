import { DETECTION_ENGINES, DETECTION_PARAMETERS, type DetectionEngine } from './parameters.ts';

/** Cells found by a remote model that the operator of the server has set; it takes no parameters. */
export const MODEL_ENGINE = 'model';

/** Everything that can be asked to find cells. */
export type EngineName = DetectionEngine | typeof MODEL_ENGINE;

type Parameters = Readonly<Record<string, number | string>>;

/** An engine and parameters of it that differ from the defaults, by wire name; neither is checked yet. */
export interface EngineChoice {
  engine: string;
  parameters: Record<string, number | string>;
}

/**
 * Joins what was asked for with what the laboratory starts from.
 * @param settings the laboratory's parameters by wire name, and its `engine`; those that only another engine has
 *   are left out
 * @param asked parameters given here win over the laboratory's. A model takes none: who gives some and names no engine
 *   where the laboratory has a model means the tree
 */
export function chooseEngine(
  settings: Parameters,
  asked: { engine?: string; parameters?: Parameters } = {},
): EngineChoice {
  const { engine: usual = 'tree', ...defaults } = settings;
  const cannotBeUsual = usual === MODEL_ENGINE && Object.keys(asked.parameters ?? {}).length > 0;
  const engine = asked.engine ?? (cannotBeUsual ? 'tree' : String(usual));
  const ofOthers = DETECTION_PARAMETERS.filter(({ engines }) => !engines.some((one) => one === engine));
  const kept = Object.entries(defaults).filter(([name]) => !ofOthers.some((other) => other.name === name));
  return { engine, parameters: { ...Object.fromEntries(kept), ...asked.parameters } };
}

/** @throws RangeError naming the engines there are */
export function parseEngine(value: string): DetectionEngine {
  const engine = DETECTION_ENGINES.find((one) => one === value);
  if (!engine) {
    throw new RangeError(
      `engine: ${JSON.stringify(value)} is not allowed; use one of ${DETECTION_ENGINES.join(', ')}`,
    );
  }
  return engine;
}

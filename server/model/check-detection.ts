import { type EngineName, MODEL_ENGINE } from '../../core/detection/engine-choice.ts';
import { parseDetectionParameters } from '../../core/detection/parameters.ts';
import { AppError } from '../errors.ts';

interface Wanted {
  engine?: EngineName;
  parameters?: Readonly<Record<string, number | string>>;
}

/**
 * Refuses a model that is not there, and parameters for it.
 * @param engines those that this server has
 * @throws AppError validation_failed
 */
export function checkEngine(engines: readonly EngineName[], { engine, parameters = {} }: Wanted): void {
  if (engine !== MODEL_ENGINE) return;
  if (!engines.includes(MODEL_ENGINE)) {
    throw new AppError(
      'validation_failed',
      `engine: this server has no model, because its operator has not set MODEL_API_URL; use ${engines.join(' or ')}`,
    );
  }
  const [name] = Object.keys(parameters);
  if (name !== undefined) {
    throw new AppError('validation_failed', `${name}: engine model takes no parameters; leave them out`);
  }
}

/**
 * `checkEngine`, and whether the parameters fit the engine; the tree's unless one is named.
 * @throws AppError validation_failed
 */
export function checkDetection(engines: readonly EngineName[], wanted: Wanted): void {
  checkEngine(engines, wanted);
  const { engine = 'tree', parameters = {} } = wanted;
  if (engine === MODEL_ENGINE) return;
  try {
    parseDetectionParameters({ ...parameters }, engine);
  } catch (error) {
    if (error instanceof RangeError) throw new AppError('validation_failed', error.message, { cause: error });
    throw error;
  }
}

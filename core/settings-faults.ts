import { DEFAULT_CELL_TYPES } from './cell-types.ts';
import { MODEL_ENGINE, parseEngine } from './detection/engine-choice.ts';
import { parseDetectionParameters } from './detection/parameters.ts';
import type { LaboratorySettings } from './laboratory-settings.ts';

interface Fault {
  /** Where, as a path of property names and positions. */
  path: readonly (string | number)[];
  message: string;
}

/** What is wrong between the parts of a laboratory's settings; each part by itself is well-formed. */
export function settingsFaults(settings: LaboratorySettings): Fault[] {
  const { cellTypes, detectionPresets = [], diagnoses, referenceRanges, rules } = settings;
  const codes = new Set(cellTypes.map(({ code }) => code));
  const faults: Fault[] = [
    ...repeated(cellTypes, 'cellTypes', 'code'),
    ...repeated(cellTypes, 'cellTypes', 'key').filter(({ path: [, at] }) => cellTypes[Number(at)].key !== ''),
    ...repeated(diagnoses, 'diagnoses', 'code'),
    ...repeated(rules, 'rules', 'code'),
    ...repeated(detectionPresets, 'detectionPresets', 'name'),
    ...repeatedRanges(referenceRanges),
  ];
  for (const [at, { immune, nucleated }] of cellTypes.entries()) {
    if (immune && !nucleated) {
      faults.push({ path: ['cellTypes', at, 'nucleated'], message: 'immune cells are nucleated' });
    }
  }
  for (const { code } of DEFAULT_CELL_TYPES) {
    if (!codes.has(code))
      faults.push({ path: ['cellTypes'], message: `${code} is missing: detection names cells so` });
  }
  for (const [at, { cellType, lowerPercent, upperPercent }] of referenceRanges.entries()) {
    if (!codes.has(cellType)) faults.push({ path: ['referenceRanges', at, 'cellType'], message: UNKNOWN });
    if (lowerPercent !== null && upperPercent !== null && lowerPercent >= upperPercent) {
      faults.push({
        path: ['referenceRanges', at, 'upperPercent'],
        message: 'must be above the lower limit',
      });
    }
  }
  for (const [at, { conditions }] of rules.entries()) {
    for (const [of, condition] of conditions.entries()) {
      if ('cellType' in condition && !codes.has(condition.cellType)) {
        faults.push({ path: ['rules', at, 'conditions', of, 'cellType'], message: UNKNOWN });
      }
    }
  }
  return [...faults, ...parameterFaults(settings)];
}

const UNKNOWN = 'is none of the cell types';

function repeated<K extends string>(
  rows: readonly Readonly<Record<K, string>>[],
  list: string,
  name: K,
): Fault[] {
  const known = new Set<string>();
  return rows.flatMap((row, at) => {
    const isRepeated = known.has(row[name]);
    known.add(row[name]);
    return isRepeated ? { path: [list, at, name], message: 'is there already' } : [];
  });
}

/** Of two ranges for the same cells and smokers nobody could tell which holds. */
function repeatedRanges(ranges: LaboratorySettings['referenceRanges']): Fault[] {
  const named = ranges.map(({ cellType, smokingStatus = 'any' }) => ({
    smokingStatus: `${cellType} ${smokingStatus}`,
  }));
  return repeated(named, 'referenceRanges', 'smokingStatus');
}

function parameterFaults({ detection, detectionPresets = [] }: LaboratorySettings): Fault[] {
  const { engine = 'tree', ...parameters } = detection;
  const all = [
    { path: ['detection'], engine: String(engine), parameters },
    ...detectionPresets.map((preset, at) => ({
      path: ['detectionPresets', at],
      engine: 'tree',
      parameters: { ...preset.parameters },
    })),
  ];
  return all.flatMap(({ path, ...choice }) => {
    try {
      if (choice.engine === MODEL_ENGINE) return [];
      parseDetectionParameters(choice.parameters, parseEngine(choice.engine));
      return [];
    } catch (error) {
      if (error instanceof RangeError) return { path, message: error.message };
      throw error;
    }
  });
}

import type { CellType } from '../../core/cell-types.ts';
import { parseEngine } from '../../core/detection/engine-choice.ts';
import { DETECTION_ENGINES, parametersOf } from '../../core/detection/parameters.ts';
import type {
  DiagnosisCode,
  LaboratorySettings,
  Measurement,
  RuleCondition,
  SmokingStatus,
} from '../../core/laboratory-settings.ts';

type ParameterValues = Readonly<Record<string, number | string>>;

/** A row of a list, told apart while it moves. */
export type Row<T> = T & { readonly rowId: string };

export interface RangeForm {
  cellType: string;
  /** Empty for any. */
  smokingStatus: SmokingStatus | '';
  lowerPercent: string;
  upperPercent: string;
  flagLow: boolean;
  source: string;
}

/** All that a condition of any kind may need, so that trying another kind loses nothing. */
export interface ConditionForm {
  kind: RuleCondition['kind'];
  cellType: string;
  measurement: Measurement;
  comparison: '>' | '≥';
  number: string;
}

export interface RuleForm {
  code: string;
  conditions: readonly Row<ConditionForm>[];
  readsAs: string;
  source: string;
}

/** A laboratory's settings as they are typed: numbers are text, until they are whole. Its keys are those of the settings. */
export interface SettingsForm {
  locale: string;
  countTarget: string;
  twoEdgeRule: boolean;
  cellTypes: readonly Row<CellType>[];
  referenceRanges: readonly Row<RangeForm>[];
  adequacy: { epithelialMaxPercent: string; macrophagesPerMm2Min: string };
  rules: readonly Row<RuleForm>[];
  diagnoses: readonly Row<DiagnosisCode>[];
  /** The parameters may be those of any engine: only those of the chosen one are saved. */
  detection: { engine: string; parameters: ParameterValues };
  modelLabels: readonly Row<{ label: string; cellType: string }>[];
  detectionPresets: readonly Row<{ name: string; parameters: ParameterValues }>[];
}

export const asRow = <T extends object>(row: T): Row<T> => ({ ...row, rowId: crypto.randomUUID() });

export const NEW_CONDITION: ConditionForm = {
  kind: 'share',
  cellType: '',
  measurement: 'cd4Cd8',
  comparison: '>',
  number: '',
};

export function toForm(settings: LaboratorySettings): SettingsForm {
  const { engine = 'tree', ...parameters } = settings.detection;
  return {
    locale: settings.locale,
    countTarget: String(settings.countTarget),
    twoEdgeRule: settings.twoEdgeRule,
    cellTypes: settings.cellTypes.map(asRow),
    referenceRanges: settings.referenceRanges.map(({ smokingStatus, lowerPercent, upperPercent, ...range }) =>
      asRow<RangeForm>({
        ...range,
        smokingStatus: smokingStatus ?? '',
        lowerPercent: textOf(lowerPercent),
        upperPercent: textOf(upperPercent),
      }),
    ),
    adequacy: {
      epithelialMaxPercent: String(settings.adequacy.epithelialMaxPercent),
      macrophagesPerMm2Min: textOf(settings.adequacy.macrophagesPerMm2Min),
    },
    rules: settings.rules.map(({ conditions, ...rule }) =>
      asRow({ ...rule, conditions: conditions.map((condition) => asRow(toConditionForm(condition))) }),
    ),
    diagnoses: settings.diagnoses.map(asRow),
    detection: { engine: String(engine), parameters },
    modelLabels: Object.entries(settings.modelLabels ?? {}).map(([label, cellType]) =>
      asRow({ label, cellType }),
    ),
    detectionPresets: (settings.detectionPresets ?? []).map(asRow),
  };
}

/** A number that was not typed whole is NaN, which no check lets pass. */
export function fromForm(form: SettingsForm) {
  const { engine, parameters } = form.detection;
  const own = ownParameters(engine, parameters);
  return {
    locale: form.locale.trim(),
    countTarget: numberOf(form.countTarget),
    twoEdgeRule: form.twoEdgeRule,
    cellTypes: form.cellTypes.map(({ rowId: _, ...type }) => trimmed(type)),
    referenceRanges: form.referenceRanges.map(({ rowId: _, smokingStatus, ...range }) => ({
      ...trimmed(range),
      ...(smokingStatus === '' ? {} : { smokingStatus }),
      lowerPercent: numberOrNull(range.lowerPercent),
      upperPercent: numberOrNull(range.upperPercent),
    })),
    adequacy: {
      epithelialMaxPercent: numberOf(form.adequacy.epithelialMaxPercent),
      macrophagesPerMm2Min: numberOrNull(form.adequacy.macrophagesPerMm2Min),
    },
    rules: form.rules.map(({ rowId: _, conditions, ...rule }) => ({
      ...trimmed(rule),
      conditions: conditions.map(toCondition),
    })),
    diagnoses: form.diagnoses.map(({ rowId: _, ...diagnosis }) => trimmed(diagnosis)),
    detection: engine === 'tree' ? own : { engine, ...own },
    modelLabels: Object.fromEntries(form.modelLabels.map(({ label, cellType }) => [label.trim(), cellType])),
    detectionPresets: form.detectionPresets.map(({ name, parameters: chosen }) => ({
      name: name.trim(),
      parameters: { ...chosen },
    })),
  } satisfies LaboratorySettings;
}

export function toCondition(form: ConditionForm): RuleCondition {
  const { cellType, measurement, comparison } = form;
  const number = numberOf(form.number);
  switch (form.kind) {
    case 'share':
      return { kind: 'share', cellType, abovePercent: number };
    case 'counted':
      return { kind: 'counted', cellType, atLeast: number };
    case 'measured':
      return { kind: 'measured', measurement, comparison, threshold: number };
    case 'missing':
      return { kind: 'missing', measurement };
  }
}

/** Settings keys in which two forms differ. */
export function changedKeys(one: SettingsForm, other: SettingsForm): (keyof SettingsForm)[] {
  const [a, b] = [fromForm(one), fromForm(other)];
  return (Object.keys(a) as (keyof SettingsForm)[]).filter(
    (key) => JSON.stringify(inOrder(a[key])) !== JSON.stringify(inOrder(b[key])),
  );
}

/**
 * What was typed, on top of what somebody else saved meanwhile: parts that only they changed are theirs.
 * @param base what both began from
 */
export function onTopOfTheirs(base: SettingsForm, mine: SettingsForm, theirs: SettingsForm): SettingsForm {
  const typed = changedKeys(base, mine).map((key) => [key, mine[key]]);
  return { ...theirs, ...Object.fromEntries(typed) };
}

function toConditionForm(condition: RuleCondition): ConditionForm {
  switch (condition.kind) {
    case 'share':
      return {
        ...NEW_CONDITION,
        kind: 'share',
        cellType: condition.cellType,
        number: String(condition.abovePercent),
      };
    case 'counted':
      return {
        ...NEW_CONDITION,
        kind: 'counted',
        cellType: condition.cellType,
        number: String(condition.atLeast),
      };
    case 'measured': {
      const { threshold, ...measured } = condition;
      return { ...NEW_CONDITION, ...measured, number: String(threshold) };
    }
    case 'missing':
      return { ...NEW_CONDITION, ...condition };
  }
}

/** Of parameters of all engines those that this one takes; a model takes none. */
function ownParameters(engine: string, parameters: ParameterValues): Record<string, number | string> {
  if (!DETECTION_ENGINES.some((one) => one === engine)) return {};
  const names = parametersOf(parseEngine(engine)).map(({ name }) => name);
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => names.includes(name)));
}

/** A point or a comma, as people type them. */
function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.'));
}

const numberOrNull = (text: string) => (text.trim() === '' ? null : numberOf(text));
const textOf = (number: number | null) => (number === null ? '' : String(number));

function trimmed<T extends object>(row: T): T {
  const cut = Object.entries(row).map(([key, value]) => [
    key,
    typeof value === 'string' ? value.trim() : value,
  ]);
  return Object.fromEntries(cut) as T;
}

/** The same with its keys in order, however they were written. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, inOrder(item)]));
}

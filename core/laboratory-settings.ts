import { type CellType, DEFAULT_CELL_TYPES } from './cell-types.ts';

export type SmokingStatus = 'never' | 'former' | 'current' | 'unknown';

/** Reference range of one cell type, in percent of immune cells. */
export interface ReferenceRange {
  cellType: string;
  /** Smoking status it holds for; absent means any. */
  smokingStatus?: SmokingStatus;
  lowerPercent: number | null;
  upperPercent: number | null;
  /** Whether a share below the range is flagged; by default only high shares are. */
  flagLow: boolean;
  source: string;
}

/** Limits of the adequacy checks. A null limit is not assessed. */
export interface AdequacyLimits {
  /** Squamous and ciliated epithelium as a share of all nucleated cells, percent. */
  epithelialMaxPercent: number;
  macrophagesPerMm2Min: number | null;
}

/** What a laboratory measures beside the cells; each may be missing. */
export type Measurement = 'cd4Cd8' | 'siderophagePercent';

/** One thing a rule asks for. */
export type RuleCondition =
  /** The type's share of immune cells, percent. */
  | { kind: 'share'; cellType: string; abovePercent: number }
  /** The number of cells of the type. */
  | { kind: 'counted'; cellType: string; atLeast: number }
  | { kind: 'measured'; measurement: Measurement; comparison: '>' | '≥'; threshold: number }
  | { kind: 'missing'; measurement: Measurement };

/** A finding and what it reads as. It fires when all its conditions hold; it never is a diagnosis. */
export interface InterpretationRule {
  code: string;
  conditions: readonly RuleCondition[];
  readsAs: string;
  source: string;
}

export interface DiagnosisCode {
  code: string;
  name: string;
  /** `ICD-10-CM` or `local`. */
  system: string;
  version: string;
}

/** Detection parameters under a name, for a kind of stain or specimen. */
export interface DetectionPreset {
  name: string;
  /** By wire name; those that are absent have the laboratory's default. */
  parameters: Readonly<Record<string, number | string>>;
}

/** Everything a laboratory sets; immutable once a reading or report used it. */
export interface LaboratorySettings {
  locale: string;
  /** Immune cells to count, fixed before counting: 200–1,000. */
  countTarget: number;
  /** Leave out cells that touch the right or bottom edge of their image (two-edge rule). */
  twoEdgeRule: boolean;
  cellTypes: readonly CellType[];
  referenceRanges: readonly ReferenceRange[];
  adequacy: AdequacyLimits;
  rules: readonly InterpretationRule[];
  diagnoses: readonly DiagnosisCode[];
  /** Detection parameters by wire name that differ from the engine's defaults. */
  detection: Readonly<Record<string, number | string>>;
  /** Cell type codes of labels that the laboratory's remote model gives, where its own names do not tell. */
  modelLabels?: Readonly<Record<string, string>>;
  /** Absent in versions from before there were presets. */
  detectionPresets?: readonly DetectionPreset[];
}

const ATS_2012 =
  'ATS guideline, Meyer et al., Am J Respir Crit Care Med 2012;185:1004 (as quoted by secondary sources)';

const range = (
  cellType: string,
  lowerPercent: number | null,
  upperPercent: number | null,
): ReferenceRange => ({
  cellType,
  lowerPercent,
  upperPercent,
  flagLow: false,
  source: ATS_2012,
});

const JTD_2017 = 'J Thorac Dis 2017;9(S10):S996, Table 2';

const share = (cellType: string, abovePercent: number): RuleCondition => ({
  kind: 'share',
  cellType,
  abovePercent,
});

const RULES: readonly InterpretationRule[] = [
  {
    code: 'lymphocytosis',
    conditions: [share('WBC-Lymphocyte', 25)],
    readsAs: 'granulomatous disease: sarcoidosis, hypersensitivity pneumonitis, berylliosis',
    source: JTD_2017,
  },
  {
    code: 'marked-lymphocytosis',
    conditions: [share('WBC-Lymphocyte', 50)],
    readsAs: 'hypersensitivity pneumonitis or cellular non-specific interstitial pneumonia',
    source: ATS_2012,
  },
  {
    code: 'acute-hypersensitivity',
    conditions: [share('WBC-Mast', 1), share('WBC-Lymphocyte', 50), share('WBC-Neutrophil', 3)],
    readsAs: 'acute hypersensitivity pneumonitis',
    source: JTD_2017,
  },
  {
    code: 'marked-neutrophilia',
    conditions: [share('WBC-Neutrophil', 50)],
    readsAs: 'acute lung injury, aspiration, suppurative infection',
    source: JTD_2017,
  },
  {
    code: 'eosinophilia',
    conditions: [share('WBC-Eosinophil', 25)],
    readsAs: 'eosinophilic pneumonia, virtually diagnostic',
    source: JTD_2017,
  },
  {
    code: 'cd4-cd8-high',
    conditions: [{ kind: 'measured', measurement: 'cd4Cd8', comparison: '>', threshold: 4 }],
    readsAs: 'sarcoidosis',
    source: JTD_2017,
  },
  {
    code: 'consider-cd4-cd8',
    conditions: [share('WBC-Lymphocyte', 15), { kind: 'missing', measurement: 'cd4Cd8' }],
    readsAs: 'consider measuring CD4/CD8',
    source: "laboratory's choice",
  },
  {
    code: 'siderophages',
    conditions: [{ kind: 'measured', measurement: 'siderophagePercent', comparison: '≥', threshold: 20 }],
    readsAs: 'alveolar haemorrhage, not specific (immunocompromised hosts)',
    source: 'De Lassence 1995',
  },
  {
    code: 'atypical-cells',
    conditions: [{ kind: 'counted', cellType: 'Atypical', atLeast: 1 }],
    readsAs: 'atypical, suspicious or malignant cells: look again and give a cytology category',
    source: "laboratory's choice",
  },
];

const icd = (code: string, name: string): DiagnosisCode => ({
  code,
  name,
  system: 'ICD-10-CM',
  version: '2025',
});
const local = (code: string, name: string): DiagnosisCode => ({ code, name, system: 'local', version: '1' });

/** What a new laboratory starts with. */
export const DEFAULT_LABORATORY_SETTINGS: LaboratorySettings = {
  locale: 'en-GB',
  countTarget: 400,
  twoEdgeRule: true,
  cellTypes: DEFAULT_CELL_TYPES,
  referenceRanges: [
    range('WBC-Macrophage', 85, null),
    range('WBC-Lymphocyte', null, 15),
    range('WBC-Neutrophil', null, 3),
    range('WBC-Eosinophil', null, 1),
    range('WBC-Mast', null, 0.5),
  ],
  adequacy: { epithelialMaxPercent: 5, macrophagesPerMm2Min: null },
  rules: RULES,
  diagnoses: [
    local('normal', 'Normal differential'),
    icd('D86.0', 'Sarcoidosis of lung'),
    icd('J67.9', 'Hypersensitivity pneumonitis'),
    icd('J84.112', 'Idiopathic pulmonary fibrosis'),
    icd('J84.113', 'Idiopathic non-specific interstitial pneumonia'),
    icd('J84.116', 'Cryptogenic organising pneumonia'),
    icd('J84.2', 'Lymphoid interstitial pneumonia'),
    icd('J84.115', 'Respiratory bronchiolitis interstitial lung disease'),
    icd('J84.117', 'Desquamative interstitial pneumonia'),
    icd('J84.89', 'Other interstitial lung disease'),
    icd('J82.82', 'Acute eosinophilic pneumonia'),
    icd('J82.81', 'Chronic eosinophilic pneumonia'),
    icd('J84.01', 'Alveolar proteinosis'),
    icd('J84.03', 'Idiopathic pulmonary haemosiderosis'),
    icd('R04.89', 'Pulmonary haemorrhage'),
    icd('J84.82', 'Langerhans cell histiocytosis'),
    icd('J63.2', 'Berylliosis'),
    icd('J61', 'Asbestosis'),
    icd('J62.8', 'Silicosis'),
    icd('J69.0', 'Aspiration pneumonitis'),
    icd('J80', 'Acute respiratory distress syndrome'),
    icd('J18.9', 'Pneumonia'),
    icd('J70.4', 'Drug-induced interstitial lung disorder'),
    local('other', 'Other, see comment'),
  ],
  detection: {},
};

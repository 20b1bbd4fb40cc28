/** One cell type as a laboratory counts it. */
export interface CellType {
  /** Stored and exported as written, e.g. `WBC-Lymphocyte`. */
  code: string;
  name: string;
  /** `#rrggbb`, told apart by colour-blind readers together with the outline's shape. */
  color: string;
  /** The number or letter key that assigns this type; one character. */
  key: string;
  /** Counts in the differential's denominator (immune cells). */
  immune: boolean;
  /** Counts in the denominator "all nucleated cells". */
  nucleated: boolean;
}

/** Default cell types of a laboratory, in the order of the differential table. Laboratories edit the list. */
export const DEFAULT_CELL_TYPES: readonly CellType[] = [
  { code: 'WBC-Macrophage', name: 'Macrophage', color: '#0072b2', key: '1', immune: true, nucleated: true },
  { code: 'WBC-Lymphocyte', name: 'Lymphocyte', color: '#d55e00', key: '2', immune: true, nucleated: true },
  { code: 'WBC-Neutrophil', name: 'Neutrophil', color: '#009e73', key: '3', immune: true, nucleated: true },
  { code: 'WBC-Eosinophil', name: 'Eosinophil', color: '#cc3366', key: '4', immune: true, nucleated: true },
  { code: 'WBC-Mast', name: 'Mast cell', color: '#7b3fa0', key: '5', immune: true, nucleated: true },
  { code: 'WBC-Basophil', name: 'Basophil', color: '#3b3b98', key: '6', immune: true, nucleated: true },
  {
    code: 'WBC-Others',
    name: 'Other immune cell',
    color: '#8a6d00',
    key: '7',
    immune: true,
    nucleated: true,
  },
  {
    code: 'Epithelial-Ciliated',
    name: 'Ciliated epithelial cell',
    color: '#00a3a3',
    key: '8',
    immune: false,
    nucleated: true,
  },
  {
    code: 'Epithelial-Squamous',
    name: 'Squamous epithelial cell',
    color: '#5c8a00',
    key: '9',
    immune: false,
    nucleated: true,
  },
  { code: 'RBC', name: 'Red blood cell', color: '#b33a3a', key: 'r', immune: false, nucleated: false },
  { code: 'Atypical', name: 'Atypical cell', color: '#d4006a', key: 'a', immune: false, nucleated: true },
  { code: 'Debris', name: 'Debris or artefact', color: '#6b6b6b', key: '0', immune: false, nucleated: false },
  { code: 'Unclassified', name: 'Unclassified', color: '#4a4a4a', key: 'u', immune: false, nucleated: false },
];

/** Detected, not yet named: work to do. */
export const UNCLASSIFIED = 'Unclassified';
export const MACROPHAGE = 'WBC-Macrophage';
/** What the code of every epithelial type begins with. */
export const EPITHELIAL_PREFIX = 'Epithelial-';

/** What a type is called; its code where the laboratory no longer lists it. */
export const nameOfType = (cellTypes: readonly Pick<CellType, 'code' | 'name'>[], code: string): string =>
  cellTypes.find((type) => type.code === code)?.name ?? code;

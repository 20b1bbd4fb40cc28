import { UNCLASSIFIED } from '../../core/cell-types.ts';
import { DEFAULT_LABORATORY_SETTINGS, type LaboratorySettings } from '../../core/laboratory-settings.ts';

/** What a laboratory calls the cells that a model labels. Plain data. */
export interface CellNaming {
  /** Cell type codes that cells may get; always with `Unclassified`. */
  types: string[];
  /** The code of a label, both as `plain` writes labels. */
  codes: Record<string, string>;
}

/** Labels that models in use have, beside the codes and names of the types themselves. */
const COMMON_LABELS: Readonly<Record<string, string>> = {
  'alveolar macrophage': 'WBC-Macrophage',
  histiocyte: 'WBC-Macrophage',
  siderophage: 'WBC-Macrophage',
  lymph: 'WBC-Lymphocyte',
  'neutrophil granulocyte': 'WBC-Neutrophil',
  'segmented neutrophil': 'WBC-Neutrophil',
  'band neutrophil': 'WBC-Neutrophil',
  'eosinophil granulocyte': 'WBC-Eosinophil',
  'basophil granulocyte': 'WBC-Basophil',
  mast: 'WBC-Mast',
  mastocyte: 'WBC-Mast',
  wbc: 'WBC-Others',
  'white blood cell': 'WBC-Others',
  leukocyte: 'WBC-Others',
  leucocyte: 'WBC-Others',
  monocyte: 'WBC-Others',
  'plasma cell': 'WBC-Others',
  'ciliated cell': 'Epithelial-Ciliated',
  'ciliated epithelium': 'Epithelial-Ciliated',
  'bronchial epithelial cell': 'Epithelial-Ciliated',
  'squamous cell': 'Epithelial-Squamous',
  'squamous epithelium': 'Epithelial-Squamous',
  erythrocyte: 'RBC',
  atypical: 'Atypical',
  malignant: 'Atypical',
  'malignant cell': 'Atypical',
  'tumor cell': 'Atypical',
  'tumour cell': 'Atypical',
  debris: 'Debris',
  artefact: 'Debris',
  artifact: 'Debris',
};

/** The laboratory's own labels before the names and codes of its types, those before the common ones. */
export function namingOf({
  cellTypes,
  modelLabels = {},
}: Pick<LaboratorySettings, 'cellTypes' | 'modelLabels'> = DEFAULT_LABORATORY_SETTINGS): CellNaming {
  const types = [...new Set([...cellTypes.map(({ code }) => code), UNCLASSIFIED])];
  const known = [
    ...Object.entries(COMMON_LABELS),
    ...cellTypes.map(({ name, code }) => [name, code]),
    ...types.map((code) => [code, code]),
    ...Object.entries(modelLabels),
  ].filter(([, code]) => types.includes(code));
  return { types, codes: Object.fromEntries(known.map(([label, code]) => [plain(label), code])) };
}

/** @returns the code of a type, `Unclassified` for a label that nobody knows */
export function cellTypeOf({ codes }: CellNaming, label: string): string {
  const name = plain(label);
  return Object.hasOwn(codes, name) ? codes[name] : UNCLASSIFIED;
}

/** Letters and digits in lower case, words apart by one space, in the singular. */
function plain(label: string): string {
  const words =
    label
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join(' ').replace(/s$/, '');
}

import type { Role } from '../../contract/route.ts';

/** The demonstration laboratory: invented people, hospitals and lavages. */
export const DEMO_LABORATORY = 'Meridian Cytology Laboratory';

export const DEMO_HOSPITALS = [
  { name: 'Northgate Chest Hospital', location: 'Northgate' },
  { name: 'Riverside University Hospital', location: 'Riverside' },
] as const;

export interface DemoUser {
  name: string;
  email: string;
  role: Role;
  hospital?: (typeof DEMO_HOSPITALS)[number]['name'];
}

export const DEMO_USERS = {
  administrator: { name: 'Ada Lindqvist', email: 'admin@demo.test', role: 'ADMIN' },
  northgate: {
    name: 'Dr Jonas Weber',
    email: 'jonas@demo.test',
    role: 'UPLOADER',
    hospital: 'Northgate Chest Hospital',
  },
  riverside: {
    name: 'Dr Maria Silva',
    email: 'maria@demo.test',
    role: 'UPLOADER',
    hospital: 'Riverside University Hospital',
  },
  lena: { name: 'Dr Lena Fischer', email: 'lena@demo.test', role: 'ANNOTATOR' },
  amir: { name: 'Dr Amir Haddad', email: 'amir@demo.test', role: 'ANNOTATOR' },
} as const satisfies Record<string, DemoUser>;

/** Share of each cell type, as weights. */
export type CellMix = Readonly<Record<string, number>>;

export interface DemoLavage {
  uploader: 'northgate' | 'riverside';
  patient: {
    name: string;
    age: number;
    gender: 'female' | 'male';
    contact: string;
    sex: 'female' | 'male';
    mrn: string;
  };
  collectedDaysAgo: number;
  site: string;
  instilledMl: number;
  recoveredMl: number;
  smokingStatus: 'never' | 'former' | 'current';
  cd4Cd8?: number;
  accessionNumber: string;
  question: string;
  cellsPerField: number;
  mix: CellMix;
  /** How far the demonstration's pathologist has come. */
  reading: 'none' | 'half' | { diagnosis: string; comments: string };
}

const MACROPHAGE = 'WBC-Macrophage';
const LYMPHOCYTE = 'WBC-Lymphocyte';
const NEUTROPHIL = 'WBC-Neutrophil';
const EOSINOPHIL = 'WBC-Eosinophil';
const CILIATED = 'Epithelial-Ciliated';
const RBC = 'RBC';

export const DEMO_FIELDS_PER_LAVAGE = 4;

export const DEMO_LAVAGES: readonly DemoLavage[] = [
  {
    uploader: 'northgate',
    patient: {
      name: 'Marta Novák',
      age: 44,
      gender: 'female',
      sex: 'female',
      contact: '+420 555 0114',
      mrn: 'NG-20418',
    },
    collectedDaysAgo: 6,
    site: 'Right middle lobe',
    instilledMl: 150,
    recoveredMl: 92,
    smokingStatus: 'never',
    cd4Cd8: 5.1,
    accessionNumber: 'B26-1041',
    question: 'Bilateral hilar lymphadenopathy. Sarcoidosis?',
    cellsPerField: 110,
    mix: { [MACROPHAGE]: 58, [LYMPHOCYTE]: 39, [NEUTROPHIL]: 2, [EOSINOPHIL]: 1, [RBC]: 4 },
    reading: {
      diagnosis: 'D86.0',
      comments: 'Lymphocytic alveolitis with raised CD4/CD8. Correlate with imaging and biopsy.',
    },
  },
  {
    uploader: 'northgate',
    patient: {
      name: 'Thomas Eriksen',
      age: 67,
      gender: 'male',
      sex: 'male',
      contact: '+47 555 0187',
      mrn: 'NG-20433',
    },
    collectedDaysAgo: 3,
    site: 'Lingula',
    instilledMl: 120,
    recoveredMl: 61,
    smokingStatus: 'former',
    accessionNumber: 'B26-1058',
    question: 'Ground-glass opacities, bird keeper. Hypersensitivity pneumonitis?',
    cellsPerField: 120,
    mix: { [MACROPHAGE]: 36, [LYMPHOCYTE]: 56, [NEUTROPHIL]: 7, [EOSINOPHIL]: 1, [RBC]: 3 },
    reading: 'half',
  },
  {
    uploader: 'northgate',
    patient: {
      name: 'Grace Achieng',
      age: 35,
      gender: 'female',
      sex: 'female',
      contact: '+254 555 0121',
      mrn: 'NG-20440',
    },
    collectedDaysAgo: 1,
    site: 'Right middle lobe',
    instilledMl: 150,
    recoveredMl: 98,
    smokingStatus: 'never',
    accessionNumber: 'B26-1063',
    question: 'Chronic cough, normal CT. Exclude alveolitis.',
    cellsPerField: 100,
    mix: { [MACROPHAGE]: 90, [LYMPHOCYTE]: 8, [NEUTROPHIL]: 2, [RBC]: 2 },
    reading: 'none',
  },
  {
    uploader: 'riverside',
    patient: {
      name: 'Luis Ferreira',
      age: 58,
      gender: 'male',
      sex: 'male',
      contact: '+351 555 0145',
      mrn: 'RU-88120',
    },
    collectedDaysAgo: 2,
    site: 'Left lower lobe',
    instilledMl: 100,
    recoveredMl: 38,
    smokingStatus: 'current',
    accessionNumber: 'B26-1060',
    question: 'Ventilated, new infiltrates. Infection or ARDS?',
    cellsPerField: 130,
    mix: { [MACROPHAGE]: 24, [LYMPHOCYTE]: 6, [NEUTROPHIL]: 69, [EOSINOPHIL]: 1, [RBC]: 10 },
    reading: 'none',
  },
  {
    uploader: 'riverside',
    patient: {
      name: 'Hana Sato',
      age: 29,
      gender: 'female',
      sex: 'female',
      contact: '+81 555 0163',
      mrn: 'RU-88131',
    },
    collectedDaysAgo: 1,
    site: 'Right upper lobe',
    instilledMl: 150,
    recoveredMl: 84,
    smokingStatus: 'never',
    accessionNumber: 'B26-1066',
    question: 'Acute febrile dyspnoea, peripheral infiltrates. Eosinophilic pneumonia?',
    cellsPerField: 105,
    mix: { [MACROPHAGE]: 45, [LYMPHOCYTE]: 14, [NEUTROPHIL]: 6, [EOSINOPHIL]: 35, [RBC]: 3 },
    reading: 'none',
  },
  {
    uploader: 'riverside',
    patient: {
      name: 'Ibrahim Kaya',
      age: 72,
      gender: 'male',
      sex: 'male',
      contact: '+90 555 0139',
      mrn: 'RU-88139',
    },
    collectedDaysAgo: 0,
    site: 'Right middle lobe',
    instilledMl: 100,
    recoveredMl: 22,
    smokingStatus: 'current',
    accessionNumber: 'B26-1069',
    question: 'Fibrosis on CT. Usable sample?',
    cellsPerField: 55,
    mix: { [MACROPHAGE]: 62, [LYMPHOCYTE]: 7, [NEUTROPHIL]: 9, [CILIATED]: 22, [RBC]: 6 },
    reading: 'none',
  },
];

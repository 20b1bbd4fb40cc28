import type { Diagnosis } from '../api/queries.ts';

export type Certainty = Diagnosis['diagnosis'][number]['certainty'];

export const CERTAINTY_NAMES: Record<Certainty, string> = {
  suggests: 'suggests',
  consistent_with: 'consistent with',
  established: 'established',
};

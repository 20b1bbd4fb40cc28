import type { z } from 'zod';
import type { Camel } from '../../contract/casing.ts';
import type { diagnosisRoutes } from '../../contract/diagnoses.ts';
import type { DiagnosisCode } from '../../core/laboratory-settings.ts';
import { type AppError, validationFailed } from '../errors.ts';

type Body = Camel<z.output<typeof diagnosisRoutes.annotatePatient.body>>;
export type Certainty = 'suggests' | 'consistent_with' | 'established';

/**
 * Brings diagnoses to code and certainty; a bare code is consistent with the count.
 * @throws AppError when the laboratory's catalogue lacks a code, or one is given twice
 */
export function diagnosesFrom(
  given: Body['diagnosis'],
  catalogue: readonly DiagnosisCode[],
): { code: string; certainty: Certainty }[] {
  const seen = new Set<string>();
  return given.map((entry, at) => {
    const diagnosis =
      typeof entry === 'string' ? { code: entry, certainty: 'consistent_with' as const } : entry;
    if (!catalogue.some(({ code }) => code === diagnosis.code)) {
      throw invalid(
        at,
        `the laboratory's catalogue has no code ${diagnosis.code}; take one of GET /laboratory-settings, or "other" with a comment`,
      );
    }
    if (seen.has(diagnosis.code)) throw invalid(at, `the code ${diagnosis.code} is given twice`);
    seen.add(diagnosis.code);
    return diagnosis;
  });
}

function invalid(at: number, message: string): AppError {
  return validationFailed([{ path: `diagnosis.${at}`, message }]);
}

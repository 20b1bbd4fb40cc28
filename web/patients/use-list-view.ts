import { useSearchParams } from 'react-router';
import type { PatientListQuery } from '../api/query-keys.ts';

type Sort = NonNullable<PatientListQuery['sort']>;
type DiagnosisStatus = NonNullable<PatientListQuery['diagnosisStatus']>;

const SORTS: readonly Sort[] = ['-created_at', 'created_at', 'name', '-name', '-last_sample_at'];
const DIAGNOSIS_STATUSES: readonly DiagnosisStatus[] = ['none', 'reading', 'diagnosed'];
const PER_PAGE_CHOICES = [25, 50, 100];

export interface ListView {
  page: number;
  perPage: number;
  sort: Sort;
  diagnosisStatus: DiagnosisStatus | undefined;
  setPage(page: number): void;
  setPerPage(perPage: number): void;
  setSort(sort: Sort): void;
  setDiagnosisStatus(status: string): void;
  reset(): void;
}

/** Page, sorting and filter of the list of patients, kept in the address so that going back restores them. */
export function useListView(): ListView {
  const [params, setParams] = useSearchParams();
  const change = (name: string, value: string) =>
    setParams(
      (known) => {
        const next = new URLSearchParams(known);
        next.set(name, value);
        if (name !== 'page') next.delete('page');
        for (const [key, text] of [...next])
          if (text === '' || (key === 'page' && text === '1')) next.delete(key);
        return next;
      },
      { replace: true },
    );
  return {
    page: Math.max(1, Math.trunc(Number(params.get('page'))) || 1),
    perPage:
      PER_PAGE_CHOICES.find((count) => String(count) === params.get('per-page')) ?? PER_PAGE_CHOICES[0],
    sort: SORTS.find((sort) => sort === params.get('sort')) ?? '-created_at',
    diagnosisStatus: DIAGNOSIS_STATUSES.find((status) => status === params.get('reading')),
    setPage: (page) => change('page', String(page)),
    setPerPage: (perPage) => change('per-page', String(perPage)),
    setSort: (sort) => change('sort', sort),
    setDiagnosisStatus: (status) => change('reading', status),
    reset: () => setParams({}, { replace: true }),
  };
}

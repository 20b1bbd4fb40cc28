import { useLaboratorySettings } from '../api/queries.ts';
import { CERTAINTY_NAMES } from '../ui/certainty-names.ts';
import { DateText } from '../ui/DateText.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { DiagnosisDialog } from './DiagnosisDialog.tsx';
import { NameCell } from './RecordCells.tsx';
import { ChoiceFilter, CommonFilters } from './RecordFilters.tsx';
import { Records } from './Records.tsx';
import type { Column } from './RecordTable.tsx';
import { useRecordView } from './record-view.ts';
import { type DiagnosisRecord, useRecordActs, useRecords } from './records-queries.ts';

const SORTS = ['-created_at', 'created_at'] as const;
type Sort = (typeof SORTS)[number];

const ADEQUACIES = [
  { value: 'adequate', label: 'Adequate' },
  { value: 'inadequate', label: 'Inadequate' },
] as const;

const COLUMNS: readonly Column<DiagnosisRecord, Sort>[] = [
  {
    label: 'Patient',
    cell: ({ patient, hospital }) => (
      <NameCell name={patient.name} to={`/patients/${patient.id}`} below={hospital.name} />
    ),
  },
  {
    label: 'Specimen',
    cell: ({ adequacy }) => (adequacy === 'adequate' ? 'Adequate' : 'Inadequate'),
  },
  {
    label: 'Diagnosis',
    cell: ({ diagnosis }) => (
      <Truncated
        text={
          diagnosis.map(({ name, certainty }) => `${name}: ${CERTAINTY_NAMES[certainty]}`).join('; ') || '–'
        }
      />
    ),
  },
  { label: 'Pattern', isWideOnly: true, cell: ({ pattern }) => <Truncated text={pattern ?? '–'} /> },
  { label: 'Comment', isWideOnly: true, cell: ({ comments }) => <Truncated text={comments ?? '–'} /> },
  { label: 'Made by', isWideOnly: true, cell: ({ user }) => <Truncated text={user.name} /> },
  {
    label: 'Made',
    sorts: ['-created_at', 'created_at'],
    cell: ({ createdAt }) => <DateText value={createdAt} />,
  },
];

export function DiagnosisRecords() {
  const view = useRecordView('diagnoses', SORTS);
  const records = useRecords('listAllPatientAnnotations', {
    ...view.query,
    userId: view.filter('user'),
    code: view.filter('type'),
    adequacy: view.choice('state', ADEQUACIES),
  });
  const catalogue = useLaboratorySettings().data?.diagnoses ?? [];
  const { removeDiagnoses } = useRecordActs();
  return (
    <Records
      label="Diagnoses"
      noun={['diagnosis', 'diagnoses']}
      searchLabel="Find in pattern and comments"
      filters={
        <>
          <ChoiceFilter
            {...{ view }}
            name="type"
            label="Diagnosis"
            width={190}
            options={catalogue.map(({ code, name }) => ({ value: code, label: name }))}
          />
          <ChoiceFilter {...{ view }} name="state" label="Specimen" options={ADEQUACIES} />
          <CommonFilters {...{ view }} userLabel="Made by" />
        </>
      }
      {...{ view, ...records }}
      columns={COLUMNS}
      idOf={({ id }) => id}
      nameOf={({ patient, user }) => `${patient.name}, by ${user.name}`}
      acts={[
        {
          label: 'Remove…',
          title: (what) => `Remove ${what} from view`,
          text: 'They are no longer shown with their patients. Nothing is erased, and the activity log keeps that you did it.',
          submitLabel: 'Remove',
          isDestructive: true,
          run: removeDiagnoses,
        },
      ]}
      editorOf={(diagnosis, onClose) => <DiagnosisDialog {...{ diagnosis, onClose }} />}
    />
  );
}

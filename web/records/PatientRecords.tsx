import { DIAGNOSIS_STATUSES, DiagnosisStatusChip } from '../patients/DiagnosisStatusChip.tsx';
import { PatientDialog } from '../patients/PatientDialog.tsx';
import { DateText } from '../ui/DateText.tsx';
import { ImageCounts } from '../ui/ImageCounts.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { NameCell } from './RecordCells.tsx';
import { ChoiceFilter, CommonFilters } from './RecordFilters.tsx';
import { Records } from './Records.tsx';
import type { Column } from './RecordTable.tsx';
import { useRecordView } from './record-view.ts';
import { type PatientRecord, useRecordActs, useRecords } from './records-queries.ts';

const SORTS = ['-created_at', 'created_at', 'name', '-name', '-last_sample_at'] as const;
type Sort = (typeof SORTS)[number];

const COLUMNS: readonly Column<PatientRecord, Sort>[] = [
  {
    label: 'Patient',
    sorts: ['name', '-name'],
    cell: ({ id, name, identifiers, hospital }) => (
      <NameCell
        name={name}
        to={`/patients/${id}`}
        below={[identifiers[0]?.value, hospital.name].filter((part) => part).join(' · ')}
      />
    ),
  },
  {
    label: 'Age',
    cell: ({ age, gender }) => <Truncated text={`${age}${gender === 'unknown' ? '' : `, ${gender}`}`} />,
  },
  { label: 'Images', cell: ({ samplesByStatus }) => <ImageCounts counts={samplesByStatus} compact /> },
  { label: 'Reading', cell: ({ diagnosisStatus }) => <DiagnosisStatusChip status={diagnosisStatus} /> },
  { label: 'Entered by', isWideOnly: true, cell: ({ createdBy }) => <Truncated text={createdBy.name} /> },
  {
    label: 'Last image',
    sorts: ['-last_sample_at'],
    isWideOnly: true,
    cell: ({ lastSampleAt }) => <DateText value={lastSampleAt} />,
  },
  {
    label: 'Created',
    sorts: ['-created_at', 'created_at'],
    isWideOnly: true,
    cell: ({ createdAt }) => <DateText value={createdAt} />,
  },
];

export function PatientRecords() {
  const view = useRecordView('patients', SORTS);
  const records = useRecords('listAllPatients', {
    ...view.query,
    createdBy: view.filter('user'),
    diagnosisStatus: view.choice('state', DIAGNOSIS_STATUSES),
  });
  const { removePatients } = useRecordActs();
  return (
    <Records
      label="Patients"
      noun={['patient', 'patients']}
      searchLabel="Find by name or id"
      filters={
        <>
          <ChoiceFilter {...{ view }} name="state" label="Reading" options={DIAGNOSIS_STATUSES} />
          <CommonFilters {...{ view }} userLabel="Entered by" />
        </>
      }
      {...{ view, ...records }}
      columns={COLUMNS}
      idOf={({ id }) => id}
      nameOf={({ name }) => name}
      acts={[
        {
          label: 'Remove…',
          title: (what) => `Remove ${what} from view`,
          text: 'They leave every list, with their lavages, images and diagnoses, for everybody. Nothing is erased, and the activity log keeps that you did it.',
          submitLabel: 'Remove',
          isDestructive: true,
          run: removePatients,
        },
      ]}
      editorOf={(patient, onClose) => <PatientDialog {...{ patient, onClose }} onSaved={onClose} />}
    />
  );
}

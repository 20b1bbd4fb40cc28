import { DateText } from '../ui/DateText.tsx';
import { REVIEW_STATUSES, ReviewChip } from '../ui/ReviewChip.tsx';
import { PROCESSING_STATUSES, StatusChip } from '../ui/StatusChip.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { NameCell, PatientCell } from './RecordCells.tsx';
import { ChoiceFilter, CommonFilters } from './RecordFilters.tsx';
import { Records } from './Records.tsx';
import type { Column } from './RecordTable.tsx';
import { useRecordView } from './record-view.ts';
import { type SampleRecord, useRecordActs, useRecords } from './records-queries.ts';
import { SampleDialog } from './SampleDialog.tsx';

const SORTS = ['-created_at', 'created_at', 'file_name'] as const;
type Sort = (typeof SORTS)[number];

const COLUMNS: readonly Column<SampleRecord, Sort>[] = [
  {
    label: 'Image',
    sorts: ['file_name'],
    cell: ({ jobId, originalFilename, width, height, format }) => (
      <NameCell
        name={originalFilename}
        to={`/samples/${jobId}`}
        below={`${width} × ${height} px, ${format.toUpperCase()}`}
      />
    ),
  },
  { label: 'Patient', cell: (sample) => <PatientCell {...sample} /> },
  { label: 'Processing', cell: ({ inferenceStatus }) => <StatusChip status={inferenceStatus} /> },
  { label: 'Reading', cell: ({ reviewStatus }) => <ReviewChip status={reviewStatus} /> },
  { label: 'Cells', isWideOnly: true, cell: ({ cellCount }) => cellCount ?? '–' },
  { label: 'Uploaded by', isWideOnly: true, cell: ({ uploader }) => <Truncated text={uploader.name} /> },
  {
    label: 'Uploaded',
    sorts: ['-created_at', 'created_at'],
    isWideOnly: true,
    cell: ({ createdAt }) => <DateText value={createdAt} />,
  },
];

export function SampleRecords() {
  const view = useRecordView('samples', SORTS);
  const records = useRecords('listAllSamples', {
    ...view.query,
    uploaderId: view.filter('user'),
    inferenceStatus: view.choice('state', PROCESSING_STATUSES),
    reviewStatus: view.choice('review', REVIEW_STATUSES),
  });
  const { removeSamples, reprocessSamples } = useRecordActs();
  return (
    <Records
      label="Samples"
      noun={['image', 'images']}
      searchLabel="Find by file name"
      filters={
        <>
          <ChoiceFilter {...{ view }} name="state" label="Processing" options={PROCESSING_STATUSES} />
          <ChoiceFilter {...{ view }} name="review" label="Reading" options={REVIEW_STATUSES} />
          <CommonFilters {...{ view }} userLabel="Uploaded by" />
        </>
      }
      {...{ view, ...records }}
      columns={COLUMNS}
      idOf={({ jobId }) => jobId}
      nameOf={({ originalFilename }) => originalFilename}
      acts={[
        {
          label: 'Remove…',
          title: (what) => `Remove ${what} from view`,
          text: 'They leave every list, and their cells every count, for everybody. Nothing is erased, and the activity log keeps that you did it.',
          submitLabel: 'Remove',
          isDestructive: true,
          run: removeSamples,
        },
        {
          label: 'Process again…',
          title: (what) => `Process ${what} again`,
          text: 'Cells are found anew under the present settings. What readers have annotated stays, and keeps counting the cells that they saw.',
          submitLabel: 'Process again',
          run: reprocessSamples,
        },
      ]}
      editorOf={(sample, onClose) => <SampleDialog {...{ sample, onClose }} />}
    />
  );
}

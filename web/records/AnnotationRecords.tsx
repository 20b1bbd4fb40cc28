import { type CellType, nameOfType } from '../../core/cell-types.ts';
import { useLaboratorySettings } from '../api/queries.ts';
import { addressOfCell } from '../ui/cell-place.ts';
import { DateText } from '../ui/DateText.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { AnnotationDialog } from './AnnotationDialog.tsx';
import { NameCell, PatientCell } from './RecordCells.tsx';
import { ChoiceFilter, CommonFilters } from './RecordFilters.tsx';
import { Records } from './Records.tsx';
import type { Column } from './RecordTable.tsx';
import { useRecordView } from './record-view.ts';
import { type AnnotationRecord, useRecordActs, useRecords } from './records-queries.ts';

const SORTS = ['-created_at', 'created_at'] as const;
type Sort = (typeof SORTS)[number];

const SOURCES = [
  { value: 'manual', label: 'Drawn' },
  { value: 'detection', label: 'Found, looked at' },
  { value: 'rejection', label: 'Found, taken away' },
] as const;
const SOURCE_NAMES = Object.fromEntries(SOURCES.map(({ value, label }) => [value, label]));

const columnsWith = (cellTypes: readonly CellType[]): readonly Column<AnnotationRecord, Sort>[] => [
  {
    label: 'Cell',
    cell: ({ sampleId, cellType, cellCoordinates, originalFilename }) => (
      <NameCell
        name={nameOfType(cellTypes, cellType)}
        to={addressOfCell(sampleId, cellCoordinates)}
        below={originalFilename}
      />
    ),
  },
  { label: 'Patient', cell: (annotation) => <PatientCell {...annotation} /> },
  { label: 'Source', isWideOnly: true, cell: ({ source }) => SOURCE_NAMES[source] },
  {
    label: 'Reader',
    cell: ({ reader, readingStatus }) => (
      <Truncated text={readingStatus === 'closed' ? `${reader.name} (closed)` : reader.name} />
    ),
  },
  { label: 'Comment', isWideOnly: true, cell: ({ comments }) => <Truncated text={comments ?? '–'} /> },
  {
    label: 'Made',
    sorts: ['-created_at', 'created_at'],
    cell: ({ createdAt }) => <DateText value={createdAt} />,
  },
];

export function AnnotationRecords() {
  const view = useRecordView('annotations', SORTS);
  const records = useRecords('listAllAnnotations', {
    ...view.query,
    userId: view.filter('user'),
    cellType: view.filter('type'),
    source: view.choice('state', SOURCES),
  });
  const cellTypes = useLaboratorySettings().data?.cellTypes ?? [];
  const typeOptions = cellTypes.map(({ code, name }) => ({ value: code, label: name }));
  const { removeAnnotations, relabelAnnotations } = useRecordActs();
  return (
    <Records
      label="Annotations"
      noun={['annotation', 'annotations']}
      searchLabel="Find in comments"
      filters={
        <>
          <ChoiceFilter {...{ view }} name="type" label="Cell type" options={typeOptions} />
          <ChoiceFilter {...{ view }} name="state" label="Source" options={SOURCES} />
          <CommonFilters {...{ view }} userLabel="Reader" />
        </>
      }
      {...{ view, ...records }}
      columns={columnsWith(cellTypes)}
      idOf={({ id }) => id}
      nameOf={({ cellType, originalFilename }) => `${nameOfType(cellTypes, cellType)} in ${originalFilename}`}
      acts={[
        {
          label: 'Remove…',
          title: (what) => `Remove ${what}`,
          text: 'They leave the readings that they belong to, whose counts change at once. Those of closed readings are refused: their reader reopens first.',
          submitLabel: 'Remove',
          isDestructive: true,
          run: removeAnnotations,
        },
        {
          label: 'Change cell type…',
          title: (what) => `Change the cell type of ${what}`,
          text: 'The counts of the readings that they belong to change at once. Those of closed readings are refused: their reader reopens first.',
          submitLabel: 'Change',
          choice: { label: 'New cell type', options: typeOptions },
          run: relabelAnnotations,
        },
      ]}
      editorOf={(annotation, onClose) => <AnnotationDialog {...{ annotation, typeOptions, onClose }} />}
    />
  );
}

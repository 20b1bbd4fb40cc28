import type { WorklistItem } from '../api/queries.ts';

export type WorklistFilter = 'to_do' | WorklistItem['readingStatus'] | 'all';

export const WORKLIST_FILTERS: readonly { value: WorklistFilter; label: string }[] = [
  { value: 'to_do', label: 'To do' },
  { value: 'new', label: 'New' },
  { value: 'half_read', label: 'Half read' },
  { value: 'read', label: 'Read' },
  { value: 'diagnosed', label: 'Diagnosed' },
  { value: 'all', label: 'All' },
];

/** What was begun comes first, then what only lacks its diagnosis, then what is new. */
const ORDER = { half_read: 0, read: 1, new: 2, diagnosed: 3 } as const;

/** Most pressing first; within one status the longest waiting, except that results show the latest on top. */
export function inOrderOfWork(items: readonly WorklistItem[]): WorklistItem[] {
  return items.toSorted((a, b) => {
    const byStatus = ORDER[a.readingStatus] - ORDER[b.readingStatus];
    if (byStatus !== 0) return byStatus;
    const byTime = a.lastSampleAt.localeCompare(b.lastSampleAt);
    return a.readingStatus === 'diagnosed' ? -byTime : byTime;
  });
}

export function matchesFilter(item: WorklistItem, filter: WorklistFilter): boolean {
  if (filter === 'all') return true;
  return filter === 'to_do' ? item.readingStatus !== 'diagnosed' : item.readingStatus === filter;
}

/** Whether the patient's name, the accession number or the hospital contains the text. */
export function matchesText(item: WorklistItem, text: string): boolean {
  const wanted = text.trim().toLocaleLowerCase();
  return [item.patient.name, item.accessionNumber, item.hospital].some((value) =>
    value?.toLocaleLowerCase().includes(wanted),
  );
}

/** The first lavage somebody can work on: one whose images are all still being processed is not. */
export function firstToDo(items: readonly WorklistItem[]): WorklistItem | undefined {
  return inOrderOfWork(items).find(
    (item) => item.readingStatus === 'read' || (item.readingStatus !== 'diagnosed' && item.firstUnreadJobId),
  );
}

/** Where the work on a lavage goes on. */
export function workPath(item: WorklistItem): string {
  return item.firstUnreadJobId ? `/samples/${item.firstUnreadJobId}` : `/patients/${item.patient.id}`;
}

/** What somebody does there. */
export function workVerb({ readingStatus }: WorklistItem): string {
  return { new: 'Read', half_read: 'Continue', read: 'Diagnose', diagnosed: 'View' }[readingStatus];
}

/** Fields that need no further look, and all that could be read. */
export function readFields({ fields }: WorklistItem): { done: number; total: number } {
  const done = fields.complete + fields.excluded;
  return { done, total: done + fields.partly + fields.unread };
}

import Skeleton from '@mui/material/Skeleton';
import { useState } from 'react';
import { useOverview } from '../api/queries.ts';
import { useUser } from '../api/services.ts';
import { NotFoundPage } from '../shell/NotFoundPage.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { countOf } from '../ui/format.ts';
import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { NextLavage } from './NextLavage.tsx';
import { WorklistFilters } from './WorklistFilters.tsx';
import { WorklistTable } from './WorklistTable.tsx';
import { firstToDo, inOrderOfWork, matchesFilter, matchesText, type WorklistFilter } from './worklist.ts';

/** The pathologist's first page: what to read, most pressing first. */
export default function WorklistPage() {
  const { role } = useUser();
  const overview = useOverview();
  const [filter, setFilter] = useState<WorklistFilter>('to_do');
  const [text, setText] = useState('');
  if (role === 'UPLOADER') return <NotFoundPage />;
  const items = overview.data?.worklist;
  const toDo = items?.filter((item) => matchesFilter(item, 'to_do')).length ?? 0;
  return (
    <Page>
      <PageHeader
        title="Work list"
        subtitle={
          items ? (
            toDo > 0 ? (
              `${countOf(toDo, 'lavage')} to do`
            ) : (
              'Nothing to do at the moment'
            )
          ) : (
            <Skeleton width={140} />
          )
        }
      />
      {overview.isError && !items ? (
        <ErrorNotice
          title="The work list could not be loaded."
          error={overview.error}
          onRetry={() => void overview.refetch()}
        />
      ) : (
        <>
          {items ? <NextLavage item={firstToDo(items)} /> : <Skeleton variant="rounded" height={54} />}
          <WorklistFilters items={items} filter={filter} onFilter={setFilter} text={text} onText={setText} />
          <WorklistTable
            items={
              items &&
              inOrderOfWork(items.filter((item) => matchesFilter(item, filter) && matchesText(item, text)))
            }
            isFiltered={(items?.length ?? 0) > 0}
            onShowAll={() => {
              setFilter('all');
              setText('');
            }}
          />
        </>
      )}
    </Page>
  );
}

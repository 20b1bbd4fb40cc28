import Box from '@mui/material/Box';
import { useState } from 'react';
import type { ActivityListQuery } from '../api/query-keys.ts';
import { useUser } from '../api/services.ts';
import { EmergencyPanel } from '../emergency/EmergencyPanel.tsx';
import { NotFoundPage } from '../shell/NotFoundPage.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { ActivityFilters } from './ActivityFilters.tsx';
import { ActivityTable } from './ActivityTable.tsx';
import { useActivities } from './activity-queries.ts';
import { VerificationPanel } from './VerificationPanel.tsx';

/** Who did what to what, and whether the log of it is whole. */
export default function ActivityPage() {
  const { role } = useUser();
  return role === 'ADMIN' ? <Activity /> : <NotFoundPage />;
}

function Activity() {
  const [filter, setFilter] = useState<ActivityListQuery>({});
  const activities = useActivities(filter);
  const { data } = activities;
  return (
    <Page>
      <PageHeader
        title="Activity"
        subtitle="Every read, change, sign-in and refusal. Entries can be added, never changed."
      />
      <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
        <EmergencyPanel />
        <VerificationPanel />
        <ActivityFilters filter={filter} onChange={setFilter} />
        {activities.isError && (
          <ErrorNotice
            title="The activity log could not be loaded."
            error={activities.error}
            onRetry={() => void activities.refetch()}
          />
        )}
        {!(activities.isError && !data) && (
          <ActivityTable
            entries={data?.pages.flatMap(({ items }) => items)}
            hasOlder={activities.hasNextPage}
            isLoadingOlder={activities.isFetchingNextPage}
            onOlder={() => void activities.fetchNextPage()}
          />
        )}
      </Box>
    </Page>
  );
}

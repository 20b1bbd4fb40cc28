import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import TablePagination from '@mui/material/TablePagination';
import { useState } from 'react';
import {
  type PatientRow,
  SAMPLES_PER_PAGE,
  useLavages,
  useOverview,
  usePatientSamples,
} from '../api/queries.ts';
import { Announcer } from '../ui/Announcer.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { LavageSection } from './LavageSection.tsx';
import { newestFirst } from './lavages.ts';
import { useStatusNews } from './use-status-news.ts';

interface LavageListProps {
  patient: PatientRow;
  mayEdit: boolean;
  onNewLavage: () => void;
}

/** The patient's lavages, newest first, each with its images. */
export function LavageList({ patient, mayEdit, onNewLavage }: LavageListProps) {
  const [page, setPage] = useState(1);
  const lavages = useLavages(patient.id);
  const samples = usePatientSamples(patient.id, page);
  const overview = useOverview();
  const news = useStatusNews(samples.data?.items);

  if (lavages.isError || samples.isError) {
    return (
      <ErrorNotice
        title="The lavages could not be loaded."
        error={lavages.error ?? samples.error}
        onRetry={() => {
          void lavages.refetch();
          void samples.refetch();
        }}
      />
    );
  }
  if (!lavages.data || !samples.data) return <Skeleton variant="rounded" height={320} />;
  if (lavages.data.items.length === 0) {
    return (
      <Paper variant="outlined">
        <EmptyState
          title="No lavage yet"
          action={
            mayEdit && (
              <Button variant="outlined" onClick={onNewLavage}>
                New lavage
              </Button>
            )
          }
        >
          {mayEdit
            ? 'Drop images to upload them; their lavage is made with them. Or enter the lavage with its measurements first.'
            : 'Images show here once the hospital has uploaded them.'}
        </EmptyState>
      </Paper>
    );
  }
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
      <Announcer message={news} />
      {newestFirst(lavages.data.items).map((lavage) => (
        <LavageSection
          key={lavage.id}
          lavage={lavage}
          samples={samples.data.items.filter((sample) => sample.lavageId === lavage.id)}
          work={overview.data?.worklist.find((item) => item.lavageId === lavage.id)}
          mayEdit={mayEdit}
        />
      ))}
      {samples.data.total > SAMPLES_PER_PAGE && (
        <TablePagination
          component="div"
          count={samples.data.total}
          page={page - 1}
          rowsPerPage={SAMPLES_PER_PAGE}
          rowsPerPageOptions={[]}
          onPageChange={(_, next) => setPage(next + 1)}
        />
      )}
    </Box>
  );
}

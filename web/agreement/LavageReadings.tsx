import Check from '@mui/icons-material/Check';
import Contrast from '@mui/icons-material/Contrast';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { Link as RouterLink } from 'react-router';
import type { Lavage, Reading } from '../api/queries.ts';
import { useUser } from '../api/services.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { StatusLabel } from '../ui/StatusLabel.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { useFinishReading, useReadings } from './agreement-queries.ts';

interface LavageReadingsProps {
  lavage: Pick<Lavage, 'id' | 'patientId'>;
  /** What the lavage is called on this page. */
  title: string;
}

/** Who has read the lavage and how far, as far as the caller may see it; from two readings on, the way to compare them. */
export function LavageReadings({ lavage, title }: LavageReadingsProps) {
  const { id: userId, role } = useUser();
  const readings = useReadings(lavage.id, role !== 'UPLOADER');
  const finishing = useFinishReading(lavage.id);
  if (readings.isError && !readings.data) {
    return (
      <Box sx={{ px: 2, pb: 1.5 }}>
        <ErrorNotice
          title="The readings could not be loaded."
          error={readings.error}
          onRetry={() => void readings.refetch()}
        />
      </Box>
    );
  }
  if (!readings.data || readings.data.length === 0) return null;
  const own = readings.data.find(
    (reading) => reading.reader.id === userId && reading.status === 'open' && isThrough(reading),
  );
  return (
    <Box sx={{ px: 2, pb: 1.5, display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 1 }}>
      {finishing.error && <ErrorNotice title="The reading was not finished." error={finishing.error} />}
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 2, rowGap: 0.75 }}>
        <Box component="span" sx={{ fontSize: 12, color: 'text.secondary' }}>
          Readings
        </Box>
        <Box
          component="ul"
          aria-label={`Readings of ${title}`}
          sx={{ m: 0, p: 0, display: 'contents', listStyle: 'none' }}
        >
          {readings.data.map((reading) => (
            <Box
              component="li"
              key={reading.id}
              sx={{ display: 'flex', gap: 0.75, minWidth: 0, maxWidth: '100%' }}
            >
              <Truncated text={reading.reader.name} />
              <ReadingState reading={reading} />
            </Box>
          ))}
        </Box>
        {own && (
          <Button
            variant="outlined"
            loading={finishing.isPending}
            onClick={() =>
              finishing.mutate(
                { params: { id: own.id }, ifMatch: own.version, body: { status: 'closed' } },
                { onError: () => void readings.refetch() },
              )
            }
          >
            Finish your reading
          </Button>
        )}
        {readings.data.length > 1 && (
          <Button
            component={RouterLink}
            to={`/patients/${lavage.patientId}/lavages/${lavage.id}/agreement`}
            variant="outlined"
            aria-label={`Agreement between readers, ${title}`}
          >
            Agreement between readers
          </Button>
        )}
      </Box>
    </Box>
  );
}

function ReadingState({ reading }: { reading: Reading }) {
  if (reading.status === 'closed') return <StatusLabel text="Finished" tone="good" icon={Check} />;
  const decided = reading.fields.filter(({ state }) => state !== 'unread').length;
  return (
    <StatusLabel
      text={`Open, ${decided} of ${reading.fields.length} fields`}
      tone="caution"
      icon={Contrast}
    />
  );
}

const isThrough = ({ fields }: Reading) => fields.every(({ state }) => state !== 'unread');

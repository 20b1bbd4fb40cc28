import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import type { Overview } from '../api/queries.ts';
import { formatBytes } from '../ui/format.ts';
import { useLocale } from '../ui/locale.ts';
import { Panel } from '../ui/Panel.tsx';
import { Facts } from './Facts.tsx';

/** People, patients and storage. */
export function UsagePanel({ overview }: { overview: Overview | undefined }) {
  const locale = useLocale();
  return (
    <Panel title="People and storage">
      {overview?.system ? (
        <Facts
          facts={[
            ['Active users', overview.system.usersActive],
            [
              'Waiting for approval',
              <Box
                key="pending"
                component="span"
                sx={overview.system.usersPending > 0 ? { color: 'warning.main', fontWeight: 600 } : undefined}
              >
                {overview.system.usersPending}
              </Box>,
            ],
            ['Hospitals', overview.system.hospitals],
            ['Patients', overview.patients],
            ['Images', formatBytes(overview.system.objectsBytes, locale)],
            ['Database', formatBytes(overview.system.databaseBytes, locale)],
          ]}
        />
      ) : (
        <Skeleton variant="rectangular" height={156} sx={{ mx: 2, mb: 2 }} />
      )}
    </Panel>
  );
}

import Link from '@mui/material/Link';
import Skeleton from '@mui/material/Skeleton';
import { Link as RouterLink } from 'react-router';
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
              <Link
                key="pending"
                component={RouterLink}
                to="/people"
                sx={
                  overview.system.usersPending > 0
                    ? { color: 'warning.main', fontWeight: 600 }
                    : { color: 'inherit' }
                }
              >
                {overview.system.usersPending}
              </Link>,
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

import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Tooltip from '@mui/material/Tooltip';
import { countOf } from '../ui/format.ts';
import { useLocale } from '../ui/locale.ts';
import { Panel } from '../ui/Panel.tsx';
import type { ProcessingStatus } from './processing-queries.ts';

type Throughput = ProcessingStatus['throughput'];
type Hour = Throughput['byHour'][number];

const CHART_HEIGHT_PX = 96;
const HOURS_BETWEEN_LABELS = 6;

/** What was processed in each hour of the last day, as small bars. */
export function ThroughputPanel({ throughput }: { throughput: Throughput | undefined }) {
  return (
    <Panel title="Processed in the last 24 hours">
      {throughput ? (
        <Box sx={{ px: 2, pb: 2 }}>
          <Sentence throughput={throughput} />
          <Bars hours={throughput.byHour} />
        </Box>
      ) : (
        <Skeleton variant="rectangular" height={CHART_HEIGHT_PX + 44} sx={{ mx: 2, mb: 2 }} />
      )}
    </Panel>
  );
}

function Sentence({ throughput: { lastHour, last24Hours } }: { throughput: Throughput }) {
  const failed = (count: number) =>
    count > 0 && (
      <Box component="span" sx={{ color: 'error.main', fontWeight: 600 }}>
        , {count.toLocaleString('en')} failed
      </Box>
    );
  return (
    <Box sx={{ color: 'text.secondary', mb: 1.5 }}>
      {last24Hours.completed + last24Hours.failed === 0 ? (
        'Nothing was processed yet in this time.'
      ) : (
        <>
          {countOf(last24Hours.completed, 'image')} completed{failed(last24Hours.failed)}. In the last hour:{' '}
          {lastHour.completed.toLocaleString('en')}
          {failed(lastHour.failed)}.
        </>
      )}
    </Box>
  );
}

function Bars({ hours }: { hours: readonly Hour[] }) {
  const locale = useLocale();
  const most = Math.max(1, ...hours.map(({ completed, failed }) => completed + failed));
  const timeOf = (iso: string) =>
    new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(new Date(iso));
  return (
    <Box component="ol" aria-label="Images by hour" sx={{ m: 0, p: 0, listStyle: 'none', display: 'flex' }}>
      {hours.map(({ from, completed, failed }, at) => {
        const text = `${timeOf(from)}: ${completed} completed${failed > 0 ? `, ${failed} failed` : ''}`;
        return (
          <Tooltip key={from} title={text}>
            <Box component="li" aria-label={text} sx={{ flex: '1 1 0', minWidth: 0 }}>
              <Box
                aria-hidden
                sx={{
                  height: CHART_HEIGHT_PX,
                  display: 'flex',
                  flexDirection: 'column',
                  justifyContent: 'flex-end',
                  borderBottom: 1,
                  borderColor: 'divider',
                  '&:hover': { bgcolor: 'action.hover' },
                }}
              >
                <Bar share={failed / most} color="error.main" />
                <Bar share={completed / most} color="primary.main" />
              </Box>
              <Box
                aria-hidden
                className="tabular"
                sx={{ height: 20, pt: 0.5, fontSize: 11, color: 'text.secondary', whiteSpace: 'nowrap' }}
              >
                {at % HOURS_BETWEEN_LABELS === 0 && timeOf(from)}
              </Box>
            </Box>
          </Tooltip>
        );
      })}
    </Box>
  );
}

/** Never so small that it cannot be seen. */
function Bar({ share, color }: { share: number; color: string }) {
  if (share === 0) return null;
  return (
    <Box
      sx={{
        height: `${share * 100}%`,
        minHeight: 2,
        mx: '1.5px',
        bgcolor: color,
        '&:first-of-type': { borderRadius: '2px 2px 0 0' },
      }}
    />
  );
}

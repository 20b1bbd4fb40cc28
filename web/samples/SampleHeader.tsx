import ChevronLeft from '@mui/icons-material/ChevronLeft';
import ChevronRight from '@mui/icons-material/ChevronRight';
import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useEffect } from 'react';
import { Link as RouterLink } from 'react-router';
import type { Autosave } from '../annotation/autosave.ts';
import { type SampleRow, useLavages } from '../api/queries.ts';
import { SaveStateLine } from '../cells/SaveStateLine.tsx';
import { useEmergencyAccess } from '../emergency/emergency-queries.ts';
import { DateText } from '../ui/DateText.tsx';
import { formatDay } from '../ui/format.ts';
import { useLocale } from '../ui/locale.ts';
import { ReviewChip } from '../ui/ReviewChip.tsx';
import { StatusChip } from '../ui/StatusChip.tsx';
import { ToolButton } from '../ui/ToolButton.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { FieldMenu } from './FieldMenu.tsx';
import type { Sample } from './sample-queries.ts';

interface SampleHeaderProps {
  sample: Sample;
  fields: readonly SampleRow[];
  autosave: Autosave | null;
  goTo: (jobId: string) => void;
}

/** Whose image this is, where it stands in its lavage, and whether all edits are saved. */
export function SampleHeader({ sample, fields, autosave, goTo }: SampleHeaderProps) {
  const { patient, originalFilename, previousJobId, nextJobId, inferenceStatus } = sample;
  const lavageText = useLavageText(sample);
  const emergency = useEmergencyAccess(patient.id);
  useEffect(() => {
    document.title = `${originalFilename} · BALscope`;
  }, [originalFilename]);
  return (
    <Stack
      component="header"
      direction="row"
      sx={{
        alignItems: 'center',
        flexWrap: { xs: 'wrap', sm: 'nowrap' },
        columnGap: 2,
        minHeight: 48,
        px: 2,
        py: 0.5,
        bgcolor: 'background.paper',
        borderBottom: 1,
        borderColor: 'divider',
      }}
    >
      <Box sx={{ flex: '1 1 200px', minWidth: 0 }}>
        <Typography variant="h2" component="h1" tabIndex={-1} data-page-heading>
          <Link
            component={RouterLink}
            to={`/patients/${patient.id}`}
            color="inherit"
            sx={{ display: 'block' }}
          >
            <Truncated text={patient.name} />
          </Link>
        </Typography>
        <Typography variant="caption" color="textSecondary" component="div">
          <Truncated text={`${lavageText}${originalFilename}`} />
        </Typography>
      </Box>
      <Stack direction="row" sx={{ alignItems: 'center' }} component="nav" aria-label="Fields of this lavage">
        <ToolButton
          label="Previous field ([)"
          disabled={!previousJobId}
          onClick={() => previousJobId && goTo(previousJobId)}
        >
          <ChevronLeft />
        </ToolButton>
        <FieldMenu fields={fields} jobId={sample.jobId} goTo={goTo} />
        <ToolButton label="Next field (])" disabled={!nextJobId} onClick={() => nextJobId && goTo(nextJobId)}>
          <ChevronRight />
        </ToolButton>
      </Stack>
      {inferenceStatus === 'completed' ? (
        <ReviewChip status={sample.reviewStatus} />
      ) : (
        <StatusChip status={inferenceStatus} />
      )}
      <Stack direction="row" sx={{ flex: '1 1 140px', minWidth: 0, justifyContent: 'flex-end' }}>
        {autosave && <SaveStateLine autosave={autosave} />}
        {emergency && (
          <Typography variant="caption" sx={{ color: 'warning.main' }}>
            Emergency access until <DateText value={emergency.expiresAt} />
          </Typography>
        )}
      </Stack>
    </Stack>
  );
}

/** "Lavage A-2041, 23 Nov 2026 · ", as far as it is known. */
function useLavageText({ patient, lavageId }: Sample): string {
  const locale = useLocale();
  const lavage = useLavages(patient.id).data?.items.find(({ id }) => id === lavageId);
  if (!lavage) return '';
  const parts = [
    lavage.request?.accessionNumber,
    lavage.collectedAt && formatDay(lavage.collectedAt, locale),
  ].filter(Boolean);
  return parts.length > 0 ? `Lavage ${parts.join(', ')} · ` : '';
}

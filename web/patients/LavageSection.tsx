import Edit from '@mui/icons-material/EditOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { LavageReadings } from '../agreement/LavageReadings.tsx';
import type { Lavage, SampleRow, WorklistItem } from '../api/queries.ts';
import { countOf } from '../ui/format.ts';
import { useLocale } from '../ui/locale.ts';
import { Panel } from '../ui/Panel.tsx';
import { ReadingChip } from '../ui/ReadingChip.tsx';
import { LavageDialog } from './LavageDialog.tsx';
import { LavageFacts } from './LavageFacts.tsx';
import { lavageTitle } from './lavages.ts';
import { SampleTile } from './SampleTile.tsx';

interface LavageSectionProps {
  lavage: Lavage;
  samples: readonly SampleRow[];
  /** How far its reading is; undefined while unknown or without images. */
  work: WorklistItem | undefined;
  mayEdit: boolean;
}

/** One lavage: what was measured, how far the reading is, its images. */
export function LavageSection({ lavage, samples, work, mayEdit }: LavageSectionProps) {
  const locale = useLocale();
  const [isEditing, setIsEditing] = useState(false);
  const title = lavageTitle(lavage, locale);
  return (
    <Panel
      title={title}
      actions={
        <>
          {work && <ReadingChip status={work.readingStatus} />}
          {mayEdit && (
            <Button startIcon={<Edit />} aria-label={`Edit ${title}`} onClick={() => setIsEditing(true)}>
              Edit
            </Button>
          )}
        </>
      }
    >
      <LavageFacts lavage={lavage} />
      <LavageReadings lavage={lavage} title={title} />
      {work && work.diagnoses.length > 0 && (
        <Box sx={{ px: 2, pb: 1 }}>
          <b>Result:</b> {work.diagnoses.join(', ')}
        </Box>
      )}
      {samples.length === 0 ? (
        <Typography color="textSecondary" variant="body2" sx={{ px: 2, pb: 2 }}>
          {lavage.sampleCount > 0
            ? `${countOf(lavage.sampleCount, 'image')} on another page.`
            : 'No images yet.'}
        </Typography>
      ) : (
        <Box
          component="ul"
          aria-label={`Images of ${title}`}
          sx={{
            m: 0,
            px: 2,
            pb: 2,
            display: 'grid',
            gap: 1.5,
            alignItems: 'start',
            gridTemplateColumns: 'repeat(auto-fill, minmax(164px, 1fr))',
            listStyle: 'none',
          }}
        >
          {samples.map((sample) => (
            <SampleTile key={sample.jobId} sample={sample} />
          ))}
        </Box>
      )}
      {isEditing && (
        <LavageDialog patientId={lavage.patientId} lavage={lavage} onClose={() => setIsEditing(false)} />
      )}
    </Panel>
  );
}

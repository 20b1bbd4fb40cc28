import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { useLavages } from '../api/queries.ts';
import { useLocale } from '../ui/locale.ts';
import { Panel } from '../ui/Panel.tsx';
import { SelectField } from '../ui/SelectField.tsx';
import { useUploadQueue, useUploads } from '../uploads/use-uploads.ts';
import { DropZone } from './DropZone.tsx';
import { parseMeasurement } from './lavage-form.ts';
import { lavageTitle, newestFirst } from './lavages.ts';
import { UnfinishedUploads } from './UnfinishedUploads.tsx';
import { UploadList } from './UploadList.tsx';

const LARGEST_MICRONS_PER_PIXEL = 100;

/** Takes the images of a patient and shows how each is getting on. */
export function UploadPanel({ patientId }: { patientId: string }) {
  const queue = useUploadQueue();
  const locale = useLocale();
  const uploads = useUploads().filter(({ target }) => target.patientId === patientId);
  const lavages = newestFirst(useLavages(patientId).data?.items ?? []);
  const [chosenLavage, setChosenLavage] = useState<string>();
  const [objective, setObjective] = useState('');
  const [scale, setScale] = useState('');
  const lavageId = chosenLavage ?? lavages[0]?.id;
  const micronsPerPixel = parseMeasurement(scale);
  const isScaleWrong =
    micronsPerPixel !== null && !(micronsPerPixel > 0 && micronsPerPixel <= LARGEST_MICRONS_PER_PIXEL);
  return (
    <Panel title="Upload images">
      <Box sx={{ px: 2, pb: 2, display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 1.5 }}>
        {lavages.length > 1 && (
          <SelectField
            label="Lavage"
            value={lavageId}
            onChange={({ target }) => setChosenLavage(target.value)}
            options={lavages.map((lavage) => ({ value: lavage.id, label: lavageTitle(lavage, locale) }))}
          />
        )}
        <Box sx={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 1.5 }}>
          <TextField
            label="Objective"
            placeholder="for example 40×"
            value={objective}
            onChange={({ target }) => setObjective(target.value)}
          />
          <TextField
            label="µm per pixel"
            placeholder="for example 0.25"
            value={scale}
            onChange={({ target }) => setScale(target.value)}
            error={isScaleWrong}
            helperText={isScaleWrong ? 'A number above 0, at most 100.' : undefined}
            slotProps={{ htmlInput: { inputMode: 'decimal' } }}
          />
        </Box>
        <DropZone
          disabled={isScaleWrong}
          onFiles={(files) =>
            queue.add(files, {
              patientId,
              lavageId,
              objective: objective.trim() || undefined,
              micronsPerPixel: micronsPerPixel ?? undefined,
            })
          }
        />
        <UnfinishedUploads patientId={patientId} />
        <UploadList uploads={uploads} onClearFinished={() => queue.clearFinished(patientId)} />
      </Box>
    </Panel>
  );
}

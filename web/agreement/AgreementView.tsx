import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import { useState } from 'react';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import type { CellType } from '../../core/cell-types.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { countOf } from '../ui/format.ts';
import { SelectField } from '../ui/SelectField.tsx';
import { ConfusionPanel } from './ConfusionPanel.tsx';
import { DiscordantCells } from './DiscordantCells.tsx';
import { KappaPanel } from './KappaPanel.tsx';
import { finishedReadings, type NamedReading } from './readers.ts';
import { SharesPanel } from './SharesPanel.tsx';

interface AgreementViewProps {
  lavageId: string;
  agreement: CallResult<Api['getAgreement']>;
  cellTypes: readonly CellType[];
}

export function AgreementView({ lavageId, agreement, cellTypes }: AgreementViewProps) {
  const readings = finishedReadings(agreement.readings);
  const nameOf = (id: string) => readings.find((reading) => reading.id === id)?.name;
  const pairs = agreement.pairs.filter(
    ({ firstReadingId, secondReadingId }) => nameOf(firstReadingId) && nameOf(secondReadingId),
  );
  const [chosen, setChosen] = useState(0);
  const pair = pairs[chosen] ?? pairs[0];
  if (!pair) return <NothingToCompare finished={readings} visible={agreement.readings.length} />;
  const first = nameOf(pair.firstReadingId) ?? '';
  const second = nameOf(pair.secondReadingId) ?? '';
  const compared = { pair, first, second, cellTypes };
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
      <SharesPanel lavageId={lavageId} readings={readings} cellTypes={cellTypes} />
      {pairs.length > 1 && (
        <SelectField
          label="Compare cell by cell"
          value={String(pairs.indexOf(pair))}
          onChange={({ target }) => setChosen(Number(target.value))}
          options={pairs.map((one, at) => ({
            value: String(at),
            label: `${nameOf(one.firstReadingId)} with ${nameOf(one.secondReadingId)}`,
          }))}
          sx={{ maxWidth: 480 }}
        />
      )}
      <KappaPanel {...compared} />
      {pair.matched > 0 && <ConfusionPanel {...compared} />}
      <DiscordantCells key={`${pair.firstReadingId} ${pair.secondReadingId}`} {...compared} />
    </Box>
  );
}

/** What is missing, of what the caller may see: a blinded reader learns nothing of the others here either. */
function NothingToCompare({ finished, visible }: { finished: readonly NamedReading[]; visible: number }) {
  const open = visible - finished.length;
  const known =
    visible === 0
      ? 'There is no reading that you may see.'
      : `You see ${countOf(finished.length, 'finished reading')}${open > 0 ? ` and ${open} still open` : ''}.`;
  return (
    <Paper variant="outlined">
      <EmptyState title="Nothing to compare yet">
        {known} Two readers compare once both have finished: every field complete or excluded, and the reading
        closed on the patient's page. Who reads blinded sees the others' readings only after finishing.
      </EmptyState>
    </Paper>
  );
}

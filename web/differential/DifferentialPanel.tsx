import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Stack from '@mui/material/Stack';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { useMemo, useState } from 'react';
import { AdequacyChecks } from './AdequacyChecks.tsx';
import { CountProgress } from './CountProgress.tsx';
import { CountsApart, DifferentialTable } from './DifferentialTable.tsx';
import {
  DENOMINATOR_NAMES,
  type Denominator,
  type Differential,
  denominatorCount,
  rowsByDenominator,
} from './differential.ts';
import { RulesThatFire } from './RulesThatFire.tsx';
import { createShareFormat } from './share-format.ts';

interface DifferentialPanelProps {
  differential: Differential;
  cellTypes: readonly { code: string; immune: boolean; nucleated: boolean }[];
  locale: string;
}

/** What a lavage's cells amount to so far: counts, shares with their uncertainty, adequacy and rules. */
export function DifferentialPanel({ differential, cellTypes, locale }: DifferentialPanelProps) {
  const [denominator, setDenominator] = useState<Denominator>('immune');
  const format = useMemo(() => createShareFormat(locale), [locale]);
  const { counted, apart } = rowsByDenominator(differential.rows, cellTypes, denominator);
  return (
    <Stack spacing={2}>
      <AtypicalCells rows={differential.rows} />
      <CountProgress differential={differential} format={format} />
      <Box component="section" aria-label="Differential">
        <Stack direction="row" sx={{ alignItems: 'center', justifyContent: 'space-between', mb: 0.5 }}>
          <Typography variant="body2" color="textSecondary">
            % of {format.count(denominatorCount(differential, denominator))} {DENOMINATOR_NAMES[denominator]}
          </Typography>
          <DenominatorSwitch value={denominator} onChange={setDenominator} />
        </Stack>
        <DifferentialTable rows={counted} denominator={denominator} format={format} />
        <CountsApart rows={apart} format={format} />
      </Box>
      <AdequacyChecks checks={differential.adequacy} />
      <RulesThatFire rules={differential.rules} />
    </Stack>
  );
}

/** Raised at once, whatever the count says. */
function AtypicalCells({ rows }: { rows: Differential['rows'] }) {
  const atypical = rows.find((row) => row.cellType === 'Atypical');
  if (!atypical || atypical.count === 0) return null;
  return (
    <Alert severity="warning" variant="outlined" sx={{ bgcolor: 'warning.light' }}>
      {atypical.count === 1 ? '1 atypical cell was' : `${atypical.count} atypical cells were`} marked in this
      lavage. Have a second reader look before the result goes out.
    </Alert>
  );
}

function DenominatorSwitch({
  value,
  onChange,
}: {
  value: Denominator;
  onChange: (denominator: Denominator) => void;
}) {
  return (
    <ToggleButtonGroup
      size="small"
      exclusive
      value={value}
      onChange={(_, chosen: Denominator | null) => chosen && onChange(chosen)}
      aria-label="Share of"
      sx={{ '& .MuiToggleButton-root': { py: 0, px: 1, minHeight: 26, fontSize: 12 } }}
    >
      <ToggleButton value="immune">Immune</ToggleButton>
      <ToggleButton value="nucleated">All nucleated</ToggleButton>
    </ToggleButtonGroup>
  );
}

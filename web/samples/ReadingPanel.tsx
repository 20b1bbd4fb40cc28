import ExpandLess from '@mui/icons-material/ExpandLess';
import ExpandMore from '@mui/icons-material/ExpandMore';
import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Stack from '@mui/material/Stack';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import { type ReactNode, useId, useState } from 'react';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import { DiagnosisPanel } from '../differential/DiagnosisPanel.tsx';
import { DifferentialPanel } from '../differential/DifferentialPanel.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { useLocale } from '../ui/locale.ts';
import { ToolButton } from '../ui/ToolButton.tsx';
import { type Sample, useDifferential } from './sample-queries.ts';

type Settings = CallResult<Api['laboratorySettings']>;

interface ReadingPanelProps {
  sample: Sample;
  settings: Settings;
  isReader: boolean;
  /** Stands first where there is no room for it beside the image. */
  cells: ReactNode | null;
  list: ReactNode;
  /** The parameters of detection; absent while there is no image to try them on. */
  detection: ReactNode;
  collapsed: boolean;
  /** Absent where the panel always has its room. */
  onCollapse?: (collapsed: boolean) => void;
  onDiagnosisDirty: (dirty: boolean) => void;
}

/** Differential, diagnosis and cell list beside the image. Hidden tabs stay mounted: they hold what was typed. */
export function ReadingPanel({
  sample,
  settings,
  isReader,
  cells,
  list,
  detection,
  collapsed,
  onCollapse,
  onDiagnosisDirty,
}: ReadingPanelProps) {
  const [chosen, setChosen] = useState('differential');
  const panelId = useId();
  const tabs = [
    ...(cells === null ? [] : [{ name: 'cells', label: 'Cells', content: cells }]),
    {
      name: 'differential',
      label: 'Differential',
      content: <LavageDifferential lavageId={sample.lavageId} settings={settings} />,
    },
    ...(isReader
      ? [
          {
            name: 'diagnosis',
            label: 'Diagnosis',
            content: (
              <DiagnosisPanel
                key={sample.lavageId}
                patientId={sample.patient.id}
                lavageId={sample.lavageId}
                catalogue={settings.diagnoses}
                onDirtyChange={onDiagnosisDirty}
              />
            ),
          },
        ]
      : []),
    { name: 'list', label: 'Cell list', content: list },
    { name: 'detection', label: 'Detection', content: detection },
  ];
  const shown = tabs.some((tab) => tab.name === chosen) ? chosen : 'differential';
  return (
    <Stack sx={{ minHeight: 0, height: '100%' }}>
      <Stack direction="row" sx={{ alignItems: 'center', borderBottom: 1, borderColor: 'divider', pr: 1 }}>
        <Tabs
          value={shown}
          onChange={(_, name: string) => {
            setChosen(name);
            onCollapse?.(false);
          }}
          aria-label="Reading"
          sx={{ flex: 1, minHeight: 44, '& .MuiTab-root': { minHeight: 44, minWidth: 0, px: 1.5 } }}
        >
          {tabs.map(({ name, label }) => (
            <Tab
              key={name}
              value={name}
              label={label}
              id={`${panelId}-tab-${name}`}
              aria-controls={`${panelId}-${name}`}
            />
          ))}
        </Tabs>
        {onCollapse && (
          <ToolButton
            label={collapsed ? 'Show the panel' : 'Fold the panel away'}
            onClick={() => onCollapse(!collapsed)}
          >
            {collapsed ? <ExpandLess /> : <ExpandMore />}
          </ToolButton>
        )}
      </Stack>
      {tabs.map(({ name, content }) => (
        <Box
          key={name}
          role="tabpanel"
          id={`${panelId}-${name}`}
          aria-labelledby={`${panelId}-tab-${name}`}
          hidden={name !== shown || collapsed}
          sx={{ flex: 1, minHeight: 0, overflowY: 'auto', p: 2 }}
        >
          {(name === 'diagnosis' || name === shown) && content}
        </Box>
      ))}
    </Stack>
  );
}

function LavageDifferential({ lavageId, settings }: { lavageId: string; settings: Settings }) {
  const differential = useDifferential(lavageId);
  const locale = useLocale();
  if (differential.isPending) return <DifferentialSkeleton />;
  if (differential.isError) {
    return (
      <ErrorNotice
        title="The differential could not be loaded."
        error={differential.error}
        onRetry={() => void differential.refetch()}
      />
    );
  }
  return (
    <DifferentialPanel differential={differential.data} cellTypes={settings.cellTypes} locale={locale} />
  );
}

function DifferentialSkeleton() {
  return (
    <Stack spacing={1.5} aria-hidden>
      <Skeleton height={44} />
      <Skeleton variant="rounded" height={240} />
      <Skeleton variant="rounded" height={160} />
    </Stack>
  );
}

import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useCallback, useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import type { CellType } from '../../core/cell-types.ts';
import type { PackedCells } from '../../core/detection/packed-cells.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { formatDateTime } from '../ui/format.ts';
import { useLocale } from '../ui/locale.ts';
import { ApplyActions } from './ApplyActions.tsx';
import { CountTable } from './CountTable.tsx';
import type { LiveDetection } from './live-detection.ts';
import { ParameterRow } from './ParameterRow.tsx';
import { PresetBar } from './PresetBar.tsx';
import { ProcessingProgress } from './ProcessingProgress.tsx';
import { defaultValues, groupParameters, type Parameter, sameValues, withValue } from './parameter-values.ts';
import { StateLine } from './StateLine.tsx';
import { scaleText } from './scale-wording.ts';
import { countTypes } from './type-counts.ts';
import type { Detection } from './use-detection.ts';

interface DetectionPanelProps {
  detection: Detection;
  sample: Pick<CallResult<Api['getSample']>, 'jobId' | 'lavageId' | 'latestRun' | 'inferenceStatus'>;
  /** All fields of the lavage. */
  fields: readonly { inferenceStatus: string }[];
  cellTypes: readonly CellType[];
  storedCells: PackedCells | null;
  canApply: boolean;
  beforeApply: () => Promise<boolean>;
  onApplied: () => void;
}

/** The parameters of detection, their effect on this image while they are moved, and how to keep it. */
export function DetectionPanel({ detection, ...props }: DetectionPanelProps) {
  const start = useEffectEvent(detection.start);
  useEffect(() => start(), []);
  const { live, presets, error } = detection;
  if (error) {
    return (
      <ErrorNotice title="The parameters could not be loaded." error={error} onRetry={detection.retry} />
    );
  }
  if (!props.sample.latestRun) {
    return (
      <Typography variant="body2" color="textSecondary">
        The parameters can be tried once the image was processed.
      </Typography>
    );
  }
  if (!live || !presets) return <PanelSkeleton />;
  return <OpenPanel {...props} live={live} presets={presets} parameters={detection.parameters} />;
}

interface OpenPanelProps extends Omit<DetectionPanelProps, 'detection'> {
  live: LiveDetection;
  presets: NonNullable<Detection['presets']>;
  parameters: readonly Parameter[];
}

function OpenPanel(props: OpenPanelProps) {
  const { live, presets, parameters, sample, fields, cellTypes, storedCells, canApply } = props;
  const state = useSyncExternalStore(live.subscribe, live.getState);
  const locale = useLocale();
  const { values } = state;
  const usual = defaultValues(parameters, presets.defaults, values);
  const isBusy = sample.inferenceStatus === 'pending' || sample.inferenceStatus === 'processing';
  const setValue = useCallback(
    (name: string, value: number | string) =>
      live.set(withValue(parameters, presets.defaults, { values: live.getState().values, name, value })),
    [live, parameters, presets.defaults],
  );
  const { latestRun: run } = sample;
  const storedText = run
    ? [
        `Stored cells: ${run.engine} ${run.version}, ${formatDateTime(run.createdAt, locale)}`,
        run.fallbackReason,
      ]
        .filter(Boolean)
        .join('. ')
    : '';
  return (
    <Box sx={{ minHeight: '100%', display: 'flex', flexDirection: 'column' }}>
      <Box sx={{ ...COLUMNS, flex: 1 }}>
        <Stack spacing={1.5}>
          <PresetBar
            lavageId={sample.lavageId}
            presets={presets}
            parameters={parameters}
            values={values}
            stored={live.stored}
            canSave={canApply}
            disabled={isBusy}
            onChoose={(chosen) => live.set(chosen)}
          />
          <Box>
            <StateLine
              state={state}
              canPreview={live.canPreview}
              storedText={storedText}
              onRetry={() => live.retry()}
            />
            {run && !state.isChanged && (
              <Typography variant="body2" color="textSecondary" className="tabular" sx={{ mb: 1 }}>
                {scaleText(run)}
              </Typography>
            )}
            <CountTable counts={countTypes(cellTypes, storedCells, state.preview?.cells ?? null)} />
          </Box>
        </Stack>
        <Stack spacing={1.5}>
          {groupParameters(parameters, values).map((group) => (
            <Box component="section" key={group.title} aria-label={group.title}>
              <Typography variant="h3" sx={{ mb: 0.5 }}>
                {group.title}
              </Typography>
              {group.parameters.map((parameter) => (
                <ParameterRow
                  key={parameter.name}
                  parameter={parameter}
                  value={values[parameter.name]}
                  usual={usual[parameter.name]}
                  automatic={parameter.name === 'downscale' ? state.downscale : null}
                  disabled={isBusy}
                  onChange={setValue}
                />
              ))}
            </Box>
          ))}
          <Button
            disabled={isBusy || sameValues(values, usual)}
            onClick={() => live.set(usual)}
            sx={{ alignSelf: 'flex-end' }}
          >
            Reset all to defaults
          </Button>
        </Stack>
      </Box>
      {canApply && (
        <Stack spacing={1} sx={FOOTER}>
          <ProcessingProgress fields={fields} />
          <ApplyActions
            jobId={sample.jobId}
            lavageId={sample.lavageId}
            fieldCount={fields.length}
            values={values}
            isChanged={state.isChanged}
            disabled={isBusy}
            beforeApply={props.beforeApply}
            onApplied={props.onApplied}
            onCancel={() => live.cancel()}
          />
        </Stack>
      )}
    </Box>
  );
}

/** Counts stand beside the parameters where the panel is as wide as the page. */
const COLUMNS = {
  display: 'grid',
  gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 1fr))', lg: 'minmax(0, 1fr)' },
  columnGap: 4,
  rowGap: 1.5,
  alignContent: 'start',
} as const;

/** Stays in view at the lower end of the panel, over its padding. */
const FOOTER = {
  position: 'sticky',
  bottom: -16,
  mx: -2,
  mb: -2,
  mt: 1.5,
  px: 2,
  py: 1.5,
  bgcolor: 'background.paper',
  borderTop: 1,
  borderColor: 'divider',
  zIndex: 1,
} as const;

function PanelSkeleton() {
  return (
    <Stack spacing={1.5} aria-hidden>
      <Skeleton variant="rounded" height={40} />
      <Skeleton variant="rounded" height={160} />
      <Skeleton variant="rounded" height={320} />
    </Stack>
  );
}

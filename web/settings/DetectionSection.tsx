import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useDetectionParameters } from '../detection/detection-queries.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { ChoiceSetting } from './fields.tsx';
import { useSettingsForm } from './form-context.ts';
import { ParameterFields } from './ParameterFields.tsx';
import { PresetsPanel } from './PresetsPanel.tsx';
import { SectionPanel } from './SectionPanel.tsx';

const ENGINES = [
  { value: 'tree', label: 'Built-in (tree)' },
  { value: 'opencv', label: 'OpenCV, lavage fields only' },
  { value: 'model', label: 'Model of your own' },
];

/** What finds the cells of new images, and how. */
export function DetectionSection() {
  const { form, change } = useSettingsForm();
  const { engine, parameters } = form.detection;
  const described = useDetectionParameters(true);
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <SectionPanel
        title="Default detection"
        path="detection"
        about="What images are processed with unless somebody chooses otherwise. Only what differs from the default is kept, so that a better default of a later version reaches you."
      >
        <Box sx={{ px: 2, pb: 2, display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
          <ChoiceSetting
            path="detection.engine"
            label="Engine"
            isLabelShown
            value={engine}
            options={ENGINES}
            onChange={(chosen) => change({ detection: { engine: chosen, parameters } })}
            sx={{ maxWidth: 320, mt: 1 }}
          />
          {engine === 'model' ? (
            <Typography variant="body2" color="textSecondary">
              A model takes no parameters. While it is away, the built-in detection serves, and the run says
              so.
            </Typography>
          ) : described.isError && !described.data ? (
            <ErrorNotice
              title="The parameters could not be loaded."
              error={described.error}
              onRetry={() => void described.refetch()}
            />
          ) : described.data ? (
            <ParameterFields
              described={described.data}
              engine={engine}
              base={NONE}
              parameters={parameters}
              onChange={(next) => change({ detection: { engine, parameters: next } })}
            />
          ) : (
            <Skeleton variant="rounded" height={240} />
          )}
        </Box>
      </SectionPanel>
      {described.data && <PresetsPanel described={described.data} />}
    </Box>
  );
}

/** The engine's own defaults lie below the laboratory's. */
const NONE = {};

import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { messageOf } from '../api/error-message.ts';
import type { LiveDetectionState } from './live-detection.ts';

interface StateLineProps {
  state: LiveDetectionState;
  canPreview: boolean;
  /** What is stored, in words. */
  storedText: string;
  onRetry: () => void;
}

/** Whose cells are on the screen, and what is still to come. */
export function StateLine({ state, canPreview, storedText, onRetry }: StateLineProps) {
  return (
    <Stack
      direction="row"
      sx={{ alignItems: 'center', justifyContent: 'space-between', minHeight: 32, gap: 1, pb: 0.5 }}
      role="status"
    >
      <Typography variant="body2" color="textSecondary" className="tabular">
        {!state.isChanged ? storedText : canPreview ? previewText(state) : NO_PREVIEW}
      </Typography>
      {state.server === 'failed' && <Button onClick={onRetry}>Try again</Button>}
    </Stack>
  );
}

const NO_PREVIEW =
  'Large images have no preview: apply the parameters, and the cells follow when the image was processed again.';

/** "Preview in the browser, 18 ms · full resolution follows". */
export function previewText({ preview, server, serverError, browserFault }: LiveDetectionState): string {
  if (preview?.from === 'server') return `Full resolution from the server, ${seconds(preview.ms)}`;
  const here = preview
    ? `Preview in the browser, ${Math.round(preview.ms)} ms`
    : browserFault
      ? `No preview in this browser (${browserFault})`
      : 'Reading the image …';
  const there =
    server === 'failed'
      ? `no answer at full resolution: ${messageOf(serverError).text}`
      : 'full resolution follows';
  return `${here} · ${there}`;
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

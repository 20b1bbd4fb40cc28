import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { DateText } from '../ui/DateText.tsx';
import { ChangesList } from './SaveDialog.tsx';
import type { Clash } from './use-settings-draft.ts';

interface ClashNoticeProps {
  clash: Clash;
  onDiscard: () => void;
}

/** Says who was first, what they changed, and that nothing typed is lost. */
export function ClashNotice({ clash: { theirs, theirChanges, both }, onDiscard }: ClashNoticeProps) {
  return (
    <Alert
      severity="warning"
      variant="outlined"
      sx={{ bgcolor: 'warning.light', color: 'text.primary', overflowWrap: 'anywhere' }}
    >
      <Box sx={{ fontWeight: 600 }}>
        Somebody else saved version {theirs.version} (<DateText value={theirs.createdAt} />) while you were
        editing. Nothing was saved yet, and nothing that you typed is lost.
      </Box>
      {both.length > 0
        ? `You both changed ${both.join(', ')}: there yours is shown, and saving again puts it in place of theirs. Everything else of theirs is taken over.`
        : 'What they changed is taken over, what you typed stands beside it. Save again to keep both.'}
      <Box sx={{ mt: 1 }}>
        They changed:
        <ChangesList changes={theirChanges} />
      </Box>
      <Button variant="outlined" onClick={onDiscard}>
        Drop my changes and see theirs
      </Button>
    </Alert>
  );
}

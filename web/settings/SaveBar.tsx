import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import { DateText } from '../ui/DateText.tsx';
import { countOf } from '../ui/format.ts';
import type { VersionedSettings } from './settings-queries.ts';

interface SaveBarProps {
  base: VersionedSettings;
  faultCount: number;
  isDirty: boolean;
  isTried: boolean;
  onSave: () => void;
  onDiscard: () => void;
}

/** Stays at the lower end of the window: which version this is, and how to make the next one. */
export function SaveBar({ base, faultCount, isDirty, isTried, onSave, onDiscard }: SaveBarProps) {
  return (
    <Paper
      variant="outlined"
      component="section"
      aria-label="Save"
      sx={{
        position: 'sticky',
        bottom: 0,
        zIndex: 2,
        display: 'flex',
        flexWrap: 'wrap',
        alignItems: 'center',
        gap: 1,
        px: 2,
        py: 1,
        borderBottomLeftRadius: 0,
        borderBottomRightRadius: 0,
        boxShadow: '0 -2px 12px rgba(20, 40, 50, 0.08)',
      }}
    >
      <Box sx={{ flex: '1 1 240px', minWidth: 0, overflowWrap: 'anywhere' }} role="status">
        {isTried && faultCount > 0 ? (
          <Box component="span" sx={{ color: 'error.main', fontWeight: 600 }}>
            {countOf(faultCount, 'thing does', 'things do')} not fit yet. Each is marked where it is; the tabs
            say in which section.
          </Box>
        ) : isDirty ? (
          <b>Unsaved changes</b>
        ) : (
          <>
            {base.laboratory.name}, version {base.version} of <DateText value={base.createdAt} />
          </>
        )}
      </Box>
      {isDirty && <Button onClick={onDiscard}>Discard changes</Button>}
      <Button variant="contained" disabled={!isDirty} onClick={onSave}>
        Save…
      </Button>
    </Paper>
  );
}

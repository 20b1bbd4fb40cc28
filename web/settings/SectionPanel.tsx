import Add from '@mui/icons-material/Add';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { Panel } from '../ui/Panel.tsx';
import { useFault } from './fields.tsx';

interface SectionPanelProps {
  title: string;
  /** What these settings do, in a sentence or two. */
  about: ReactNode;
  /** Place in the form whose own faults show here: those of the list as a whole. */
  path: string;
  /** Adds a row at the end. */
  add?: { label: string; onAdd: () => void };
  children: ReactNode;
}

/** One group of settings: what they are for, what is wrong with them as a whole, then the fields. */
export function SectionPanel({ title, about, path, add, children }: SectionPanelProps) {
  const fault = useFault(path, true);
  return (
    <Panel title={title}>
      <Box sx={{ px: 2, pb: 1.5, display: 'grid', gap: 1 }}>
        <Typography variant="body2" color="textSecondary" sx={{ maxWidth: 900 }}>
          {about}
        </Typography>
        {fault && (
          <Alert severity="error" variant="outlined">
            {fault}
          </Alert>
        )}
      </Box>
      {children}
      {add && (
        <Box sx={{ px: 2, py: 1.5 }}>
          <Button variant="outlined" startIcon={<Add />} onClick={add.onAdd}>
            {add.label}
          </Button>
        </Box>
      )}
    </Panel>
  );
}

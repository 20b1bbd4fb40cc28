import ArrowDropDown from '@mui/icons-material/ArrowDropDown';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useState } from 'react';
import type { SampleRow } from '../api/queries.ts';
import { ReviewChip } from '../ui/ReviewChip.tsx';
import { StatusChip } from '../ui/StatusChip.tsx';
import { Truncated } from '../ui/Truncated.tsx';

interface FieldMenuProps {
  fields: readonly SampleRow[];
  jobId: string;
  goTo: (jobId: string) => void;
}

/** "Field 3 of 8", and a way to any other with how far each is read. */
export function FieldMenu({ fields, jobId, goTo }: FieldMenuProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const place = fields.findIndex((field) => field.jobId === jobId) + 1;
  const close = () => setAnchor(null);
  return (
    <>
      <Button
        color="inherit"
        endIcon={<ArrowDropDown />}
        disabled={fields.length < 2}
        aria-haspopup="menu"
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{ minWidth: 128 }}
      >
        {place > 0 ? `Field ${place} of ${fields.length}` : 'Field'}
      </Button>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={close}>
        {fields.map((field, index) => (
          <MenuItem
            key={field.jobId}
            selected={field.jobId === jobId}
            onClick={() => {
              close();
              goTo(field.jobId);
            }}
            sx={{ gap: 1.5, width: 360 }}
          >
            <Box component="span" sx={{ width: 20, textAlign: 'right', color: 'text.secondary' }}>
              {index + 1}
            </Box>
            <Box component="span" sx={{ flex: 1, minWidth: 0 }}>
              <Truncated text={field.originalFilename} />
            </Box>
            {field.inferenceStatus === 'completed' ? (
              <ReviewChip status={field.reviewStatus} />
            ) : (
              <StatusChip status={field.inferenceStatus} />
            )}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}

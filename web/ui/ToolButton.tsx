import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import type { MouseEvent, ReactNode } from 'react';

interface ToolButtonProps {
  /** What it does, with its key in brackets. */
  label: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick: (event: MouseEvent<HTMLElement>) => void;
  children: ReactNode;
}

export function ToolButton({ label, pressed, disabled, onClick, children }: ToolButtonProps) {
  return (
    <Tooltip title={label}>
      <span>
        <IconButton
          aria-label={label}
          aria-pressed={pressed}
          disabled={disabled}
          onClick={onClick}
          sx={{
            borderRadius: 1,
            width: 32,
            height: 32,
            color: pressed ? 'primary.dark' : 'text.primary',
            bgcolor: pressed ? 'primary.light' : undefined,
          }}
        >
          {children}
        </IconButton>
      </span>
    </Tooltip>
  );
}

import Box from '@mui/material/Box';
import type { SvgIconProps } from '@mui/material/SvgIcon';
import type { ComponentType } from 'react';
import { type Tone, toneColors } from './status-look.ts';

interface StatusLabelProps {
  text: string;
  tone: Tone;
  icon: ComponentType<SvgIconProps>;
  /** Turns the icon while something is under way. */
  turning?: boolean;
}

/** A status as icon and text, never by colour alone. */
export function StatusLabel({ text, tone, icon: Icon, turning = false }: StatusLabelProps) {
  return (
    <Box
      component="span"
      sx={(theme) => ({
        ...toneColors(theme, tone),
        display: 'inline-flex',
        alignItems: 'center',
        verticalAlign: 'middle',
        gap: 0.5,
        height: 22,
        px: 0.75,
        borderRadius: 1,
        fontSize: 12,
        fontWeight: 550,
        whiteSpace: 'nowrap',
      })}
    >
      <Icon
        aria-hidden
        sx={{
          fontSize: 14,
          ...(turning && {
            animation: 'status-turn 2.4s linear infinite',
            '@keyframes status-turn': { to: { transform: 'rotate(360deg)' } },
          }),
        }}
      />
      {text}
    </Box>
  );
}

import type { Theme } from '@mui/material/styles';

export type Tone = 'quiet' | 'active' | 'good' | 'bad' | 'caution';

/** Text and background colour of a status. */
export function toneColors(theme: Theme, tone: Tone): { color: string; backgroundColor: string } {
  const { palette } = theme;
  switch (tone) {
    case 'active':
      return { color: palette.primary.dark, backgroundColor: palette.primary.light };
    case 'good':
      return { color: palette.success.main, backgroundColor: palette.success.light };
    case 'bad':
      return { color: palette.error.main, backgroundColor: palette.error.light };
    case 'caution':
      return { color: palette.warning.main, backgroundColor: palette.warning.light };
    case 'quiet':
      return { color: palette.text.secondary, backgroundColor: '#eceff1' };
  }
}

/** The statuses to choose one from, in the words that show them. */
export const optionsOf = <T extends string>(looks: Readonly<Record<T, { text: string }>>) =>
  (Object.keys(looks) as T[]).map((value) => ({ value, label: looks[value].text }));

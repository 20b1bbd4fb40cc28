import { createTheme } from '@mui/material/styles';

const grey = {
  canvas: '#f5f6f7',
  line: '#dde2e5',
  control: '#8b979e',
  quiet: '#55626a',
  ink: '#1b2428',
};
const accent = { main: '#0f5c73', dark: '#0a4355', light: '#e6eff2' };
const fontFamily = '"Inter Variable", "Inter", system-ui, -apple-system, "Segoe UI", sans-serif';

/** The one look of the application: quiet greys, one accent, 13–14 px, 8 px grid. */
export const theme = createTheme({
  palette: {
    mode: 'light',
    primary: { main: accent.main, dark: accent.dark, light: accent.light, contrastText: '#ffffff' },
    error: { main: '#b3261e', light: '#fbeceb' },
    warning: { main: '#85560a', light: '#fbf3e2' },
    success: { main: '#28683f', light: '#e9f3ec' },
    info: { main: accent.main, light: accent.light },
    text: { primary: grey.ink, secondary: grey.quiet, disabled: '#7c8890' },
    background: { default: grey.canvas, paper: '#ffffff' },
    divider: grey.line,
    action: { hover: 'rgba(15, 60, 75, 0.05)', selected: 'rgba(15, 92, 115, 0.09)' },
  },
  shape: { borderRadius: 6 },
  spacing: 8,
  typography: {
    fontFamily,
    fontSize: 13,
    h1: { fontSize: 20, lineHeight: '28px', fontWeight: 600, letterSpacing: '-0.01em' },
    h2: { fontSize: 15, lineHeight: '24px', fontWeight: 600 },
    h3: { fontSize: 13, lineHeight: '20px', fontWeight: 600 },
    body1: { letterSpacing: 0, fontSize: 14, lineHeight: '20px' },
    body2: { letterSpacing: 0, fontSize: 13, lineHeight: '20px' },
    caption: { letterSpacing: 0, fontSize: 12, lineHeight: '16px' },
    button: { letterSpacing: 0, fontSize: 13, lineHeight: '20px', fontWeight: 550, textTransform: 'none' },
  },
  transitions: { duration: { shortest: 80, shorter: 100, short: 120, standard: 140, complex: 160 } },
  components: {
    MuiCssBaseline: {
      styleOverrides: {
        html: { height: '100%' },
        body: { minHeight: '100%', fontSize: 13, lineHeight: '20px' },
        '#root': { minHeight: '100dvh' },
        'a:focus-visible, [tabindex]:focus-visible': {
          outline: `2px solid ${accent.main}`,
          outlineOffset: 2,
          borderRadius: 3,
        },
        '[data-page-heading]:focus-visible, main:focus-visible': { outline: 'none' },
        'time, .tabular': { fontVariantNumeric: 'tabular-nums' },
        '@media (prefers-reduced-motion: reduce)': {
          '*, *::before, *::after': {
            animationDuration: '0.01ms !important',
            transitionDuration: '0.01ms !important',
          },
        },
      },
    },
    MuiButtonBase: {
      defaultProps: { disableRipple: true },
      styleOverrides: {
        root: { '&.Mui-focusVisible': { outline: `2px solid ${accent.main}`, outlineOffset: 2 } },
      },
    },
    MuiButton: {
      defaultProps: { disableElevation: true, size: 'small' },
      styleOverrides: {
        root: { minHeight: 32, padding: '5px 12px', whiteSpace: 'nowrap' },
        outlined: { borderColor: '#c3ccd1', color: grey.ink, backgroundColor: '#ffffff' },
        text: { padding: '5px 8px' },
      },
    },
    MuiIconButton: { defaultProps: { size: 'small' } },
    MuiSvgIcon: { defaultProps: { fontSize: 'small' } },
    MuiTextField: { defaultProps: { size: 'small', fullWidth: true } },
    MuiFormControl: { defaultProps: { size: 'small' } },
    MuiSelect: { defaultProps: { size: 'small' } },
    MuiInputBase: {
      styleOverrides: {
        root: { fontSize: 14, backgroundColor: '#ffffff' },
        input: { '&::placeholder': { color: grey.quiet, opacity: 1 } },
      },
    },
    MuiOutlinedInput: {
      styleOverrides: { notchedOutline: { borderColor: grey.control } },
    },
    MuiFormHelperText: { styleOverrides: { root: { marginLeft: 2, fontSize: 12 } } },
    MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: 'none' } } },
    MuiMenu: {
      defaultProps: { slotProps: { paper: { variant: 'outlined' } } },
      styleOverrides: { paper: { boxShadow: '0 6px 20px rgba(20, 40, 50, 0.12)' } },
    },
    MuiMenuItem: { styleOverrides: { root: { fontSize: 13, minHeight: 32 } } },
    MuiDialog: {
      styleOverrides: { paper: { boxShadow: '0 16px 48px rgba(20, 40, 50, 0.2)' } },
    },
    MuiDialogTitle: {
      styleOverrides: { root: { fontSize: 16, lineHeight: '24px', padding: '20px 24px 8px' } },
    },
    MuiDialogActions: { styleOverrides: { root: { padding: '12px 24px 20px' } } },
    MuiTooltip: {
      defaultProps: { enterDelay: 400, enterNextDelay: 200 },
      styleOverrides: {
        tooltip: { backgroundColor: '#26333a', fontSize: 12, lineHeight: '16px', maxWidth: 360 },
      },
    },
    MuiTableCell: {
      styleOverrides: {
        root: {
          padding: '8px 12px',
          fontSize: 13,
          lineHeight: '20px',
          borderColor: '#e8ecee',
          // In line with the title of the panel around the table.
          '&:not(* + *)': { paddingLeft: 16 },
          '&:last-child': { paddingRight: 16 },
        },
        head: { fontSize: 12, lineHeight: '16px', fontWeight: 600, color: grey.quiet, whiteSpace: 'nowrap' },
      },
    },
    MuiToggleButton: {
      defaultProps: { size: 'small' },
      styleOverrides: {
        root: {
          padding: '4px 10px',
          minHeight: 32,
          borderColor: '#c3ccd1',
          color: grey.quiet,
          fontWeight: 500,
          '&.Mui-selected': { color: accent.dark, backgroundColor: accent.light },
        },
      },
    },
    MuiAlert: { styleOverrides: { root: { fontSize: 13, padding: '4px 12px' }, icon: { padding: '9px 0' } } },
    MuiLink: { defaultProps: { underline: 'hover' } },
    MuiChip: { defaultProps: { size: 'small' } },
    MuiSkeleton: { defaultProps: { animation: 'wave' } },
  },
});

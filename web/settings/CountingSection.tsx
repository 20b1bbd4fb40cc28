import Box from '@mui/material/Box';
import FormControlLabel from '@mui/material/FormControlLabel';
import InputAdornment from '@mui/material/InputAdornment';
import Switch from '@mui/material/Switch';
import Typography from '@mui/material/Typography';
import { ADEQUACY_SOURCES } from '../../core/differential/adequacy.ts';
import { formatDateTime } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { NumberSetting, TextSetting } from './fields.tsx';
import { useSettingsForm } from './form-context.ts';

/** How cells are counted, and when a count is enough and of the right place. */
export function CountingSection() {
  const { form, change } = useSettingsForm();
  const { adequacy } = form;
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Panel title="Counting">
        <Box sx={FIELDS}>
          <TextSetting
            path="locale"
            label="Language"
            isLabelShown
            value={form.locale}
            onChange={(locale) => change({ locale })}
            helperText={sampleOf(form.locale)}
          />
          <NumberSetting
            path="countTarget"
            label="Count target"
            isLabelShown
            value={form.countTarget}
            onChange={(countTarget) => change({ countTarget })}
            helperText={`Immune cells, 200 to 1,000, fixed before counting. Source: ${ADEQUACY_SOURCES.countTarget}`}
          />
          <Box sx={{ gridColumn: '1 / -1' }}>
            <FormControlLabel
              label="Two-edge rule"
              control={
                <Switch
                  size="small"
                  checked={form.twoEdgeRule}
                  onChange={({ target }) => change({ twoEdgeRule: target.checked })}
                />
              }
            />
            <Typography variant="caption" component="p" color="textSecondary">
              Cells that touch the right or bottom edge of their image are left out, so that none counts twice
              and large ones no more often than small ones. Source: Gundersen, J Microsc 1977;111:219
            </Typography>
          </Box>
        </Box>
      </Panel>
      <Panel title="Adequacy">
        <Box sx={FIELDS}>
          <NumberSetting
            path="adequacy.epithelialMaxPercent"
            label="Most epithelial cells"
            isLabelShown
            value={adequacy.epithelialMaxPercent}
            onChange={(epithelialMaxPercent) => change({ adequacy: { ...adequacy, epithelialMaxPercent } })}
            helperText={`Squamous and ciliated, of all nucleated cells; more points to the airways. Source: ${ADEQUACY_SOURCES.epithelialMaxPercent}`}
            slotProps={{
              inputLabel: { shrink: true },
              input: { endAdornment: <InputAdornment position="end">%</InputAdornment> },
            }}
          />
          <NumberSetting
            path="adequacy.macrophagesPerMm2Min"
            label="Fewest macrophages"
            isLabelShown
            value={adequacy.macrophagesPerMm2Min}
            onChange={(macrophagesPerMm2Min) => change({ adequacy: { ...adequacy, macrophagesPerMm2Min } })}
            helperText={`Empty: not assessed. Needs images of known scale. Source: ${ADEQUACY_SOURCES.macrophagesPerMm2Min}`}
            slotProps={{
              inputLabel: { shrink: true },
              input: { endAdornment: <InputAdornment position="end">per mm²</InputAdornment> },
            }}
          />
        </Box>
      </Panel>
    </Box>
  );
}

const FIELDS = {
  px: 2,
  pt: 1,
  pb: 2,
  display: 'grid',
  gap: 2,
  alignItems: 'start',
  gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 380px))' },
} as const;

const MOMENT = '2026-11-23T14:05:00';

/** How days and numbers will look. */
function sampleOf(locale: string): string {
  try {
    const name = new Intl.DisplayNames('en', { type: 'language' }).of(locale);
    const number = new Intl.NumberFormat(locale).format(1234.5);
    return `${name}: ${formatDateTime(MOMENT, locale)}; ${number}`;
  } catch {
    return 'Such as en-GB, de-DE or pt-BR: how days and numbers are written';
  }
}

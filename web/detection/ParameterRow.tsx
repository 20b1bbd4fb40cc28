import RestartAltOutlined from '@mui/icons-material/RestartAltOutlined';
import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import IconButton from '@mui/material/IconButton';
import Slider from '@mui/material/Slider';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { memo, useId } from 'react';
import { SelectField } from '../ui/SelectField.tsx';
import { NumberField } from './NumberField.tsx';
import { type Parameter, wordFor } from './parameter-values.ts';

interface ParameterRowProps {
  parameter: Parameter;
  value: number | string;
  /** What it has when nobody chose it. */
  usual: number | string;
  /** What `auto` came to. */
  automatic: number | null;
  disabled: boolean;
  onChange: (name: string, value: number | string) => void;
}

const AUTO = 'auto';

/** One parameter: what it is, its control, its value, and the way back to the default. */
export const ParameterRow = memo(function ParameterRow(props: ParameterRowProps) {
  const { parameter, value, usual, disabled, onChange } = props;
  const { name, unit, description } = parameter;
  const labelId = useId();
  const label = wordFor(name);
  const isUsual = value === usual;
  return (
    <Box
      sx={{
        display: 'grid',
        gridTemplateColumns: '124px minmax(0, 1fr) 28px',
        columnGap: 1.5,
        alignItems: 'center',
        minHeight: 42,
      }}
    >
      <Tooltip title={description} placement="left" describeChild>
        <Box sx={{ minWidth: 0 }}>
          <Typography id={labelId} variant="body2" noWrap sx={{ fontWeight: isUsual ? 400 : 600 }}>
            {label}
          </Typography>
          {unit && (
            <Typography variant="caption" color="textSecondary" noWrap component="div">
              {unit}
            </Typography>
          )}
        </Box>
      </Tooltip>
      <Control {...props} labelId={labelId} label={label} />
      <Tooltip title={`Default: ${typeof usual === 'string' ? wordFor(usual) : usual}`}>
        <span>
          <IconButton
            aria-label={`Reset ${label}`}
            disabled={disabled || isUsual}
            onClick={() => onChange(name, usual)}
            sx={{ p: 0.5, visibility: isUsual ? 'hidden' : 'visible' }}
          >
            <RestartAltOutlined sx={{ fontSize: 18 }} />
          </IconButton>
        </span>
      </Tooltip>
    </Box>
  );
});

type ControlProps = ParameterRowProps & { labelId: string; label: string };

function Control(props: ControlProps) {
  const { parameter, value, disabled, onChange, label } = props;
  const { name, choices, min } = parameter;
  if (min === null) {
    return (
      <SelectField
        value={value}
        disabled={disabled}
        aria-label={label}
        onChange={({ target }) => onChange(name, target.value)}
        options={(choices ?? []).map((choice) => ({ value: choice, label: wordFor(choice) }))}
        sx={{ '& .MuiNativeSelect-select': { py: 0.5 } }}
      />
    );
  }
  if (!choices?.includes(AUTO)) return <NumberControl {...props} value={Number(value)} />;
  return <AutomaticControl {...props} />;
}

/** A number that the machine may choose. */
function AutomaticControl(props: ControlProps) {
  const { parameter, value, automatic, disabled, onChange, label } = props;
  const { name, min, max, step } = parameter;
  const isAutomatic = value === AUTO;
  const byHand = () => {
    const whole = Math.round((automatic ?? min ?? 0) / (step ?? 1)) * (step ?? 1);
    return rounded(Math.min(max ?? whole, Math.max(min ?? whole, whole)));
  };
  return (
    <Box
      sx={{ display: 'grid', gridTemplateColumns: 'auto minmax(0, 1fr)', columnGap: 1, alignItems: 'center' }}
    >
      <FormControlLabel
        sx={{ m: 0, '& .MuiFormControlLabel-label': { fontSize: 13 } }}
        control={
          <Checkbox
            size="small"
            sx={{ p: 0.5 }}
            checked={isAutomatic}
            disabled={disabled}
            slotProps={{ input: { 'aria-label': `${label}: automatic` } }}
            onChange={({ target }) => onChange(name, target.checked ? AUTO : byHand())}
          />
        }
        label="Auto"
      />
      {isAutomatic ? (
        <Typography
          variant="body2"
          color="textSecondary"
          className="tabular"
          sx={{ textAlign: 'right', pr: 1 }}
        >
          {automatic === null ? '' : automatic.toFixed(2)}
        </Typography>
      ) : (
        <NumberControl {...props} value={Number(value)} />
      )}
    </Box>
  );
}

function NumberControl({
  parameter,
  value,
  usual,
  disabled,
  onChange,
  label,
  labelId,
}: ControlProps & { value: number }) {
  const { name, unit } = parameter;
  const range = { min: parameter.min ?? 0, max: parameter.max ?? 1, step: parameter.step ?? 0.01 };
  return (
    <Box
      sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 64px', columnGap: 2, alignItems: 'center' }}
    >
      <Slider
        size="small"
        aria-labelledby={labelId}
        getAriaValueText={(shown) => `${shown} ${unit}`}
        {...range}
        value={value}
        disabled={disabled}
        marks={typeof usual === 'number' ? [{ value: usual }] : false}
        onChange={(_, next) => onChange(name, rounded(next as number))}
        sx={{ '& .MuiSlider-mark': { height: 10, width: 2, bgcolor: 'text.secondary', opacity: 1 } }}
      />
      <NumberField
        label={`${label}, value`}
        {...range}
        value={value}
        disabled={disabled}
        onChange={(next) => onChange(name, next)}
      />
    </Box>
  );
}

/** Without the remainders of adding steps: 0.56, not 0.5600000000000001. */
const rounded = (value: number) => Number(value.toFixed(6));

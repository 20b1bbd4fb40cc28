import Box from '@mui/material/Box';
import type { ReactNode } from 'react';
import { MEASUREMENTS } from '../../core/differential/rules.ts';
import type { Measurement } from '../../core/laboratory-settings.ts';
import { ChoiceSetting, NumberSetting } from './fields.tsx';
import { useSettingsForm } from './form-context.ts';
import { RemoveButton } from './RowButtons.tsx';
import type { ConditionForm, Row } from './settings-form.ts';

const KINDS: { value: ConditionForm['kind']; label: string }[] = [
  { value: 'share', label: 'Share of' },
  { value: 'counted', label: 'Number of' },
  { value: 'measured', label: 'Measurement' },
  { value: 'missing', label: 'No measurement of' },
];

const COMPARISONS = [
  { value: '>', label: 'above' },
  { value: '≥', label: 'at least' },
];

const MEASURED = Object.entries(MEASUREMENTS).map(([value, { name }]) => ({ value, label: name }));

interface ConditionFieldsProps {
  condition: Row<ConditionForm>;
  path: string;
  /** First, second … of its rule. */
  place: number;
  onChange: (condition: Row<ConditionForm>) => void;
  onRemove: () => void;
}

/** A condition, read from left to right: "Share of | Lymphocyte | above | 25 | %". */
export function ConditionFields({ condition, path, place, onChange, onRemove }: ConditionFieldsProps) {
  const set = (changes: Partial<ConditionForm>) => onChange({ ...condition, ...changes });
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, alignItems: 'flex-start' }}>
      <ChoiceSetting
        path={`${path}.kind`}
        label={`Kind of condition ${place}`}
        value={condition.kind}
        options={KINDS}
        onChange={(kind) => set({ kind: kind as ConditionForm['kind'] })}
        sx={{ width: 158 }}
      />
      <Rest condition={condition} path={path} place={place} set={set} />
      <RemoveButton name={`condition ${place}`} onRemove={onRemove} />
    </Box>
  );
}

interface RestProps {
  condition: ConditionForm;
  path: string;
  place: number;
  set: (changes: Partial<ConditionForm>) => void;
}

function Rest({ condition, path, place, set }: RestProps) {
  const { kind, measurement, comparison } = condition;
  switch (kind) {
    case 'share':
      return (
        <>
          <TypeChoice {...{ condition, path, place, set }} />
          <Word>above</Word>
          <Amount {...{ condition, place, set }} path={`${path}.abovePercent`} />
          <Word>%</Word>
        </>
      );
    case 'counted':
      return (
        <>
          <TypeChoice {...{ condition, path, place, set }} />
          <Word>at least</Word>
          <Amount {...{ condition, place, set }} path={`${path}.atLeast`} />
          <Word>cells</Word>
        </>
      );
    case 'measured':
      return (
        <>
          <MeasurementChoice {...{ condition, path, place, set }} />
          <ChoiceSetting
            path={`${path}.comparison`}
            label={`Comparison of condition ${place}`}
            value={comparison}
            options={COMPARISONS}
            onChange={(value) => set({ comparison: value as ConditionForm['comparison'] })}
            sx={{ width: 100 }}
          />
          <Amount {...{ condition, place, set }} path={`${path}.threshold`} />
          <Word>{MEASUREMENTS[measurement].unit.trim()}</Word>
        </>
      );
    case 'missing':
      return <MeasurementChoice {...{ condition, path, place, set }} />;
  }
}

function TypeChoice({ condition, path, place, set }: RestProps) {
  const { form } = useSettingsForm();
  return (
    <ChoiceSetting
      path={`${path}.cellType`}
      label={`Cell type of condition ${place}`}
      value={condition.cellType}
      options={form.cellTypes.map(({ code, name }) => ({ value: code, label: name }))}
      onChange={(cellType) => set({ cellType })}
      sx={{ width: 220 }}
    />
  );
}

function MeasurementChoice({ condition, path, place, set }: RestProps) {
  return (
    <ChoiceSetting
      path={`${path}.measurement`}
      label={`Measurement of condition ${place}`}
      value={condition.measurement}
      options={MEASURED}
      onChange={(measurement) => set({ measurement: measurement as Measurement })}
      sx={{ width: 220 }}
    />
  );
}

function Amount({ condition, path, place, set }: RestProps) {
  return (
    <NumberSetting
      path={path}
      label={`Threshold of condition ${place}`}
      value={condition.number}
      onChange={(number) => set({ number })}
      sx={{ width: 84 }}
    />
  );
}

function Word({ children }: { children: ReactNode }) {
  return (
    <Box component="span" sx={{ py: 0.75 }}>
      {children}
    </Box>
  );
}

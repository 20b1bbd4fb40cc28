import Add from '@mui/icons-material/Add';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Collapse from '@mui/material/Collapse';
import Typography from '@mui/material/Typography';
import { useId } from 'react';
import { ConditionFields } from './ConditionFields.tsx';
import { TextSetting, useFault } from './fields.tsx';
import { useSettingsForm } from './form-context.ts';
import { faultsBelow } from './form-faults.ts';
import { MoveButtons, RemoveButton } from './RowButtons.tsx';
import { replaced, without } from './rows.ts';
import { conditionText } from './rule-wording.ts';
import { asRow, NEW_CONDITION, type Row, type RuleForm, toCondition } from './settings-form.ts';

interface RuleItemProps {
  rule: Row<RuleForm>;
  rules: readonly Row<RuleForm>[];
  at: number;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  onChange: (rule: Row<RuleForm>) => void;
  onMove: (rules: readonly Row<RuleForm>[]) => void;
  onRemove: () => void;
}

/** A rule as a sentence with its source, and its fields when asked for or when something in them is wrong. */
export function RuleItem({ rule, rules, at, isOpen, onOpen, onChange, onMove, onRemove }: RuleItemProps) {
  const { faults, isTried, nameOf } = useSettingsForm();
  const fieldsId = useId();
  const path = `rules.${at}`;
  const isWrong = isTried && faultsBelow(faults, path).length > 0;
  const isShown = isOpen || isWrong;
  const name = rule.code || 'the new rule';
  const sentence = rule.conditions
    .map((condition) => conditionText(toCondition(condition), nameOf))
    .join(' and ');
  return (
    <Box component="li" sx={{ borderTop: 1, borderColor: 'divider', px: 2, py: 1 }}>
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'flex-start' }}>
        <MoveButtons name={name} rows={rules} at={at} onChange={onMove} />
        <Box sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
          <Typography variant="body2">
            <b>{sentence || 'No condition yet'}</b>: {rule.readsAs || '…'}
          </Typography>
          <Typography variant="caption" component="p" color="textSecondary">
            {rule.code || 'No code yet'}. Source: {rule.source || 'missing'}
          </Typography>
        </Box>
        <Button
          aria-label={`${isShown ? 'Fold away' : 'Edit'} ${name}`}
          aria-expanded={isShown}
          aria-controls={fieldsId}
          onClick={() => onOpen(!isOpen)}
        >
          {isShown ? 'Fold away' : 'Edit'}
        </Button>
        <RemoveButton name={name} onRemove={onRemove} />
      </Box>
      <Collapse in={isShown} id={fieldsId} unmountOnExit>
        <RuleFields rule={rule} path={path} name={name} onChange={onChange} />
      </Collapse>
    </Box>
  );
}

interface RuleFieldsProps {
  rule: Row<RuleForm>;
  path: string;
  name: string;
  onChange: (rule: Row<RuleForm>) => void;
}

function RuleFields({ rule, path, name, onChange }: RuleFieldsProps) {
  const { conditions } = rule;
  const set = (rows: typeof conditions) => onChange({ ...rule, conditions: rows });
  const fault = useFault(`${path}.conditions`, true);
  return (
    <Box
      sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2, pt: 1.5, pb: 1, maxWidth: 900 }}
    >
      <Box
        sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 1 }}
        role="group"
        aria-label={`Conditions of ${name}`}
      >
        {conditions.map((condition, of) => (
          <ConditionFields
            key={condition.rowId}
            condition={condition}
            path={`${path}.conditions.${of}`}
            place={of + 1}
            onChange={(next) => set(replaced(conditions, of, next))}
            onRemove={() => set(without(conditions, of))}
          />
        ))}
        {fault && (
          <Typography variant="caption" color="error" role="alert">
            {fault}
          </Typography>
        )}
        <Button
          startIcon={<Add />}
          onClick={() => set([...conditions, asRow(NEW_CONDITION)])}
          sx={{ justifySelf: 'start' }}
        >
          And another condition
        </Button>
      </Box>
      <TextSetting
        path={`${path}.readsAs`}
        label="Reads as"
        isLabelShown
        multiline
        value={rule.readsAs}
        onChange={(readsAs) => onChange({ ...rule, readsAs })}
      />
      <Box
        sx={{
          display: 'grid',
          gap: 2,
          gridTemplateColumns: { xs: '1fr', sm: 'minmax(0, 1fr) minmax(0, 2fr)' },
        }}
      >
        <TextSetting
          path={`${path}.code`}
          label="Code"
          isLabelShown
          value={rule.code}
          onChange={(code) => onChange({ ...rule, code })}
          helperText="Letters, digits and hyphens"
        />
        <TextSetting
          path={`${path}.source`}
          label="Source"
          isLabelShown
          multiline
          value={rule.source}
          onChange={(source) => onChange({ ...rule, source })}
          helperText="Where this is written, or “laboratory's choice”"
        />
      </Box>
    </Box>
  );
}

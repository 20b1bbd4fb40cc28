import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import { useState } from 'react';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { SelectField } from '../ui/SelectField.tsx';
import { ToolButton } from '../ui/ToolButton.tsx';
import type { ParameterValues } from './detection-messages.ts';
import { useRemovePreset } from './detection-queries.ts';
import { type Parameter, sameValues, withDefaults } from './parameter-values.ts';
import { SavePresetDialog } from './SavePresetDialog.tsx';

interface PresetBarProps {
  lavageId: string;
  presets: CallResult<Api['detectionPresets']>;
  parameters: readonly Parameter[];
  values: ParameterValues;
  stored: ParameterValues;
  /** Whether the caller may keep presets for the laboratory. */
  canSave: boolean;
  disabled: boolean;
  onChoose: (values: ParameterValues) => void;
}

const CUSTOM = 'custom';
const STORED = 'stored';
const DEFAULT = 'default';
const NAMED = 'named:';

/** Ready-made parameters: those of the stored run, the laboratory's default, its presets. */
export function PresetBar(props: PresetBarProps) {
  const { lavageId, presets, parameters, values, stored, canSave, disabled, onChoose } = props;
  const [isSaving, setSaving] = useState(false);
  const removal = useRemovePreset();
  const { laboratory, defaults } = presets;
  const offers = [
    { value: STORED, label: 'As stored', values: stored },
    {
      value: DEFAULT,
      label: `Default of ${laboratory}`,
      values: withDefaults(parameters, defaults, {}),
    },
    ...presets.presets.map((preset) => ({
      value: NAMED + preset.name,
      label: preset.name,
      values: withDefaults(parameters, defaults, preset.parameters),
    })),
  ];
  // A preset that is the same as what is stored goes by its own name.
  const chosen = [...offers].reverse().find((offer) => sameValues(offer.values, values))?.value ?? CUSTOM;
  const named = chosen.startsWith(NAMED) ? chosen.slice(NAMED.length) : null;
  return (
    <>
      <Stack direction="row" sx={{ alignItems: 'center', gap: 1 }}>
        <SelectField
          label="Preset"
          value={chosen}
          disabled={disabled}
          onChange={({ target }) => {
            const offer = offers.find(({ value }) => value === target.value);
            if (offer) onChoose(offer.values);
          }}
          options={[...(chosen === CUSTOM ? [{ value: CUSTOM, label: 'Own choice' }] : []), ...offers]}
          sx={{ flex: 1, minWidth: 0 }}
        />
        {canSave && named !== null && (
          <ToolButton
            label={`Remove the preset ${named}`}
            disabled={disabled || removal.isPending}
            onClick={() => removal.mutate({ params: { id: lavageId }, query: { name: named } })}
          >
            <DeleteOutlined />
          </ToolButton>
        )}
        {canSave && (
          <Button variant="outlined" disabled={disabled} onClick={() => setSaving(true)}>
            Save as preset…
          </Button>
        )}
      </Stack>
      {removal.isError && <ErrorNotice title="The preset was not removed." error={removal.error} />}
      {isSaving && (
        <SavePresetDialog
          lavageId={lavageId}
          laboratory={laboratory}
          names={presets.presets.map(({ name }) => name)}
          suggested={named ?? ''}
          values={values}
          onClose={() => setSaving(false)}
        />
      )}
    </>
  );
}

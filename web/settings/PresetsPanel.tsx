import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Collapse from '@mui/material/Collapse';
import { useId, useState } from 'react';
import type { Parameter } from '../detection/parameter-values.ts';
import { countOf } from '../ui/format.ts';
import { TextSetting, useFault } from './fields.tsx';
import { useSettingsForm } from './form-context.ts';
import { ParameterFields } from './ParameterFields.tsx';
import { RemoveButton } from './RowButtons.tsx';
import { replaced, without } from './rows.ts';
import { SectionPanel } from './SectionPanel.tsx';
import { asRow, type SettingsForm } from './settings-form.ts';

/** Parameters under a name, which everybody in the laboratory can choose beside an image. */
export function PresetsPanel({ described }: { described: readonly Parameter[] }) {
  const { form, change } = useSettingsForm();
  const { detectionPresets: presets } = form;
  const set = (rows: typeof presets) => change({ detectionPresets: rows });
  return (
    <SectionPanel
      title="Presets"
      path="detectionPresets"
      about="Parameters of the built-in detection under a name, for a kind of stain or specimen. What a preset does not say is as in the default above."
      add={{ label: 'New preset', onAdd: () => set([...presets, asRow({ name: '', parameters: {} })]) }}
    >
      <Box component="ul" aria-label="Presets" sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {presets.map((preset, at) => (
          <PresetItem
            key={preset.rowId}
            preset={preset}
            path={`detectionPresets.${at}`}
            described={described}
            onChange={(next) => set(replaced(presets, at, next))}
            onRemove={() => set(without(presets, at))}
          />
        ))}
      </Box>
    </SectionPanel>
  );
}

type Preset = SettingsForm['detectionPresets'][number];

interface PresetItemProps {
  preset: Preset;
  path: string;
  described: readonly Parameter[];
  onChange: (preset: Preset) => void;
  onRemove: () => void;
}

function PresetItem({ preset, path, described, onChange, onRemove }: PresetItemProps) {
  const { form } = useSettingsForm();
  const [isOpen, setOpen] = useState(false);
  const fieldsId = useId();
  const fault = useFault(path, true);
  const name = preset.name || 'the new preset';
  return (
    <Box component="li" sx={{ borderTop: 1, borderColor: 'divider', px: 2, py: 1 }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.5, rowGap: 0.5, alignItems: 'center' }}>
        <TextSetting
          path={`${path}.name`}
          label={`Name of ${name}`}
          placeholder="Name, such as the stain it suits"
          value={preset.name}
          onChange={(value) => onChange({ ...preset, name: value })}
          sx={{ maxWidth: 320, flex: '1 1 200px' }}
        />
        <Box component="span" sx={{ flex: 1, color: 'text.secondary', whiteSpace: 'nowrap' }}>
          {countOf(Object.keys(preset.parameters).length, 'parameter')} of its own
        </Box>
        <Button
          aria-expanded={isOpen}
          aria-controls={fieldsId}
          aria-label={`${isOpen ? 'Fold away' : 'Edit'} ${name}`}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Fold away' : 'Edit'}
        </Button>
        <RemoveButton name={name} onRemove={onRemove} />
      </Box>
      {fault && (
        <Box role="alert" sx={{ color: 'error.main', fontSize: 12 }}>
          {fault}
        </Box>
      )}
      <Collapse in={isOpen} id={fieldsId} unmountOnExit>
        <Box sx={{ py: 1 }}>
          <ParameterFields
            described={described}
            engine="tree"
            base={form.detection.parameters}
            parameters={preset.parameters}
            onChange={(parameters) => onChange({ ...preset, parameters })}
          />
        </Box>
      </Collapse>
    </Box>
  );
}

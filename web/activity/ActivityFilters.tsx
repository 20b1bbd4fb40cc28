import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import type { ActivityListQuery } from '../api/query-keys.ts';
import { DayField } from '../ui/DayField.tsx';
import { dayStart } from '../ui/day-start.ts';
import { SelectField } from '../ui/SelectField.tsx';
import { useUserChoices } from './activity-queries.ts';

const KINDS = [
  { value: '', label: 'All' },
  { value: 'access', label: 'Refusals' },
  { value: 'emergency', label: 'Emergencies' },
  { value: 'login', label: 'Sign-ins' },
  { value: 'patient', label: 'Patients' },
  { value: 'lavage', label: 'Lavages' },
  { value: 'sample', label: 'Images' },
  { value: 'cells', label: 'Detection' },
  { value: 'annotation', label: 'Annotations' },
  { value: 'reading', label: 'Readings' },
  { value: 'diagnosis', label: 'Diagnoses' },
  { value: 'user', label: 'Users' },
  { value: 'hospital', label: 'Hospitals' },
  { value: 'laboratory', label: 'Settings' },
  { value: 'processing', label: 'Processing' },
  { value: 'activity', label: 'This log' },
  { value: 'system', label: 'System' },
] as const;
const ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const COMPACT = { '& .MuiInputBase-root': { height: 32 } };

interface ActivityFiltersProps {
  filter: ActivityListQuery;
  onChange: (filter: ActivityListQuery) => void;
}

export function ActivityFilters({ filter, onChange }: ActivityFiltersProps) {
  const users = useUserChoices();
  const [entity, setEntity] = useState('');
  const isEntityWrong = entity !== '' && !ID.test(entity);
  const change = (changes: Partial<ActivityListQuery>) => onChange({ ...filter, ...changes });
  return (
    <Box
      component="section"
      aria-label="Filters"
      sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'flex-start', gap: 2 }}
    >
      <SelectField
        label="Kind"
        options={KINDS}
        value={filter.activityType ?? ''}
        onChange={({ target }) => change({ activityType: target.value || undefined })}
        fullWidth={false}
        sx={{ width: 150, ...COMPACT }}
      />
      <SelectField
        label="User"
        options={[
          { value: '', label: 'All' },
          ...(users.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        value={filter.userId ?? ''}
        onChange={({ target }) => change({ userId: target.value || undefined })}
        fullWidth={false}
        sx={{ width: 200, ...COMPACT }}
      />
      <DayField label="From" onChange={(day) => change({ from: dayStart(day) })} />
      <DayField label="To" onChange={(day) => change({ to: dayStart(day, 1) })} />
      <TextField
        label="Id of a patient, image or other"
        autoComplete="off"
        fullWidth={false}
        value={entity}
        onChange={({ target }) => {
          const id = target.value.trim();
          setEntity(id);
          change({ entityId: ID.test(id) ? id.toLowerCase() : undefined });
        }}
        error={isEntityWrong}
        helperText={isEntityWrong ? 'An id has 36 characters, as in the address of its page.' : undefined}
        slotProps={{ inputLabel: { shrink: true } }}
        sx={{ width: 330, ...COMPACT }}
      />
    </Box>
  );
}

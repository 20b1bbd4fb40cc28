import Box from '@mui/material/Box';
import { useUserChoices } from '../activity/activity-queries.ts';
import { useHospitals } from '../api/queries.ts';
import { DayField } from '../ui/DayField.tsx';
import { SelectField } from '../ui/SelectField.tsx';
import type { Filter, RecordView } from './record-view.ts';

const COMPACT = { '& .MuiInputBase-root': { height: 32 } };

type Options = readonly { value: string; label: string }[];

interface ChoiceFilterProps {
  view: RecordView<string>;
  name: Filter;
  label: string;
  options: Options;
  width?: number;
}

/** One of a few values, or all. */
export function ChoiceFilter({ view, name, label, options, width = 150 }: ChoiceFilterProps) {
  return (
    <SelectField
      label={label}
      options={[{ value: '', label: 'All' }, ...options]}
      value={view.filter(name) ?? ''}
      onChange={({ target }) => view.setFilter(name, target.value)}
      fullWidth={false}
      sx={{ width, ...COMPACT }}
    />
  );
}

interface CommonFiltersProps {
  view: RecordView<string>;
  /** Who made the records, such as "Uploaded by". */
  userLabel: string;
}

/** What every kind of record can be narrowed by. */
export function CommonFilters({ view, userLabel }: CommonFiltersProps) {
  const hospitals = useHospitals();
  const users = useUserChoices();
  const named = (items: readonly { id: string; name: string }[] = []) =>
    items.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <>
      <ChoiceFilter
        {...{ view }}
        name="hospital"
        label="Hospital"
        width={190}
        options={named(hospitals.data)}
      />
      <ChoiceFilter
        {...{ view }}
        name="user"
        label={userLabel}
        width={190}
        options={named(users.data?.items)}
      />
      <Box sx={{ display: 'flex', gap: 1.5 }}>
        <DayField
          label="From"
          value={view.filter('from') ?? ''}
          onChange={(day) => view.setFilter('from', day)}
        />
        <DayField label="To" value={view.filter('to') ?? ''} onChange={(day) => view.setFilter('to', day)} />
      </Box>
    </>
  );
}

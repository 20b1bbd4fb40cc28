import Box from '@mui/material/Box';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import type { WorklistItem } from '../api/queries.ts';
import { SearchField } from '../ui/SearchField.tsx';
import { matchesFilter, WORK_LIST_FILTERS, type WorkListFilter } from './work-list.ts';

interface WorkListFiltersProps {
  /** Undefined while loading. */
  items: readonly WorklistItem[] | undefined;
  filter: WorkListFilter;
  onFilter: (filter: WorkListFilter) => void;
  text: string;
  onText: (text: string) => void;
}

export function WorkListFilters({ items, filter, onFilter, text, onText }: WorkListFiltersProps) {
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, rowGap: 1, my: 2 }}>
      <ToggleButtonGroup
        exclusive
        aria-label="Show"
        value={filter}
        onChange={(_, chosen: WorkListFilter | null) => chosen && onFilter(chosen)}
      >
        {WORK_LIST_FILTERS.map(({ value, label }) => (
          <ToggleButton key={value} value={value}>
            {label}
            <Box component="span" sx={{ ml: 0.75, opacity: 0.8 }}>
              {items?.filter((item) => matchesFilter(item, value)).length}
            </Box>
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <SearchField label="Find patient, number or hospital" value={text} onChange={onText} />
    </Box>
  );
}

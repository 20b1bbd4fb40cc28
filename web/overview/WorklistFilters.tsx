import Box from '@mui/material/Box';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import type { WorklistItem } from '../api/queries.ts';
import { SearchField } from '../ui/SearchField.tsx';
import { matchesFilter, WORKLIST_FILTERS, type WorklistFilter } from './worklist.ts';

interface WorklistFiltersProps {
  /** Undefined while loading. */
  items: readonly WorklistItem[] | undefined;
  filter: WorklistFilter;
  onFilter: (filter: WorklistFilter) => void;
  text: string;
  onText: (text: string) => void;
}

export function WorklistFilters({ items, filter, onFilter, text, onText }: WorklistFiltersProps) {
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, rowGap: 1, my: 2 }}>
      <ToggleButtonGroup
        exclusive
        aria-label="Show"
        value={filter}
        onChange={(_, chosen: WorklistFilter | null) => chosen && onFilter(chosen)}
      >
        {WORKLIST_FILTERS.map(({ value, label }) => (
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

import Box from '@mui/material/Box';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import { type ReactNode, useId } from 'react';
import { countOf } from '../ui/format.ts';
import { type FormFaults, faultsBelow } from './form-faults.ts';
import { SECTIONS, type SectionName } from './sections.ts';
import type { SettingsForm } from './settings-form.ts';

interface SectionTabsProps {
  chosen: SectionName;
  faults: FormFaults;
  /** Parts with unsaved changes. */
  changed: readonly (keyof SettingsForm)[];
  isTried: boolean;
  onChoose: (name: SectionName) => void;
  children: ReactNode;
}

/** The sections as tabs, which tell where something was changed and where something does not fit. */
export function SectionTabs({ chosen, faults, changed, isTried, onChoose, children }: SectionTabsProps) {
  const panelId = useId();
  return (
    <Box sx={{ minWidth: 0 }}>
      <Tabs
        value={chosen}
        onChange={(_, name: SectionName) => onChoose(name)}
        aria-label="Sections of the settings"
        variant="scrollable"
        allowScrollButtonsMobile
        sx={{
          minHeight: 44,
          mb: 2,
          borderBottom: 1,
          borderColor: 'divider',
          '& .MuiTab-root': { minHeight: 44, minWidth: 0, px: 1.5 },
        }}
      >
        {SECTIONS.map(({ name, label, keys }) => {
          const faultCount = isTried ? keys.flatMap((key) => faultsBelow(faults, key)).length : 0;
          const isChanged = keys.some((key) => changed.includes(key));
          return (
            <Tab
              key={name}
              value={name}
              id={`${panelId}-${name}`}
              aria-controls={panelId}
              aria-label={[label, isChanged && 'changed', faultCount > 0 && countOf(faultCount, 'fault')]
                .filter(Boolean)
                .join(', ')}
              label={
                <span>
                  {label}
                  {isChanged && <span aria-hidden> •</span>}
                  {faultCount > 0 && <FaultCount count={faultCount} />}
                </span>
              }
            />
          );
        })}
      </Tabs>
      <Box role="tabpanel" id={panelId} aria-labelledby={`${panelId}-${chosen}`}>
        {children}
      </Box>
    </Box>
  );
}

function FaultCount({ count }: { count: number }) {
  return (
    <Box
      component="span"
      aria-hidden
      sx={{
        ml: 0.75,
        px: 0.75,
        borderRadius: 1,
        fontSize: 12,
        fontWeight: 600,
        color: 'error.main',
        bgcolor: 'error.light',
      }}
    >
      {count}
    </Box>
  );
}

import { useMemo } from 'react';
import { CellTypesSection } from './CellTypesSection.tsx';
import { CountingSection } from './CountingSection.tsx';
import { DetectionSection } from './DetectionSection.tsx';
import { DiagnosesSection } from './DiagnosesSection.tsx';
import { ModelLabelsSection } from './ModelLabelsSection.tsx';
import { RangesSection } from './RangesSection.tsx';
import { RulesSection } from './RulesSection.tsx';
import type { SectionName } from './sections.ts';
import type { VersionedSettings } from './settings-queries.ts';

/** The fields of one section. */
export function SectionContent({ name, base }: { name: SectionName; base: VersionedSettings }) {
  const savedCodes = useMemo(() => new Set(base.settings.cellTypes.map(({ code }) => code)), [base]);
  switch (name) {
    case 'counting':
      return <CountingSection />;
    case 'cell-types':
      return <CellTypesSection savedCodes={savedCodes} />;
    case 'ranges':
      return <RangesSection />;
    case 'rules':
      return <RulesSection />;
    case 'diagnoses':
      return <DiagnosesSection />;
    case 'detection':
      return <DetectionSection />;
    case 'model':
      return <ModelLabelsSection />;
  }
}

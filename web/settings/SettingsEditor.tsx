import Box from '@mui/material/Box';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useBlocker, useSearchParams } from 'react-router';
import { useLeaveWarning } from '../shell/use-leave-warning.ts';
import { Announcer } from '../ui/Announcer.tsx';
import { LeaveDialog } from '../ui/LeaveDialog.tsx';
import { ClashNotice } from './ClashNotice.tsx';
import { FormContext, type FormState } from './form-context.ts';
import { faultsOf } from './form-faults.ts';
import { SaveBar } from './SaveBar.tsx';
import { SaveDialog } from './SaveDialog.tsx';
import { SectionContent } from './SectionContent.tsx';
import { SectionTabs } from './SectionTabs.tsx';
import { LABORATORY, SECTION, SECTIONS, type SectionName, sectionOf } from './sections.ts';
import { changesBetween } from './settings-changes.ts';
import { changedKeys, fromForm } from './settings-form.ts';
import type { VersionedSettings } from './settings-queries.ts';
import { useSettingsDraft } from './use-settings-draft.ts';

/** The settings of one laboratory being edited: nothing is sent before Save, and nothing typed is lost before. */
export function SettingsEditor({ loaded }: { loaded: VersionedSettings }) {
  const draft = useSettingsDraft(loaded);
  const { form, base, baseForm } = draft;
  const [params, setParams] = useSearchParams();
  const [isAsking, setAsking] = useState(false);
  const [isTried, setTried] = useState(false);
  const [faultyToShow, setFaultyToShow] = useState<SectionName>();
  const page = useRef<HTMLDivElement>(null);

  const faults = useMemo(() => faultsOf(form), [form]);
  const changed = useMemo(() => changedKeys(baseForm, form), [baseForm, form]);
  const isDirty = changed.length > 0;
  const chosen = SECTIONS.find(({ name }) => name === params.get(SECTION)) ?? SECTIONS[0];
  const choose = (name: SectionName) => {
    const next = new URLSearchParams(params);
    next.set(SECTION, name);
    setParams(next, { replace: true });
  };

  useEffect(() => {
    if (faultyToShow !== chosen.name) return;
    setFaultyToShow(undefined);
    page.current?.querySelector<HTMLElement>('[role="tabpanel"] [aria-invalid="true"]')?.focus();
  }, [faultyToShow, chosen.name]);

  useLeaveWarning(isDirty);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      isDirty &&
      (currentLocation.pathname !== nextLocation.pathname ||
        laboratoryIn(currentLocation.search) !== laboratoryIn(nextLocation.search)),
  );

  const trySave = () => {
    const [firstFault] = faults.keys();
    if (firstFault === undefined) return setAsking(true);
    const { name } = sectionOf(firstFault);
    setTried(true);
    setFaultyToShow(name);
    choose(name);
  };
  const save = async () => {
    const outcome = await draft.save();
    if (outcome !== 'failed') setAsking(false);
    if (outcome === 'saved') setTried(false);
  };

  const state: FormState = {
    form,
    change: draft.change,
    faults,
    isTried,
    nameOf: (code) => form.cellTypes.find((type) => type.code === code)?.name || code || '…',
  };
  return (
    <FormContext value={state}>
      <Box ref={page} sx={PAGE}>
        {draft.clash && <ClashNotice clash={draft.clash} onDiscard={draft.discard} />}
        <SectionTabs
          chosen={chosen.name}
          faults={faults}
          changed={changed}
          isTried={isTried}
          onChoose={choose}
        >
          <SectionContent name={chosen.name} base={base} />
        </SectionTabs>
        <SaveBar
          base={base}
          faultCount={faults.size}
          isDirty={isDirty}
          isTried={isTried}
          onSave={trySave}
          onDiscard={() => {
            draft.discard();
            setTried(false);
          }}
        />
      </Box>
      <Announcer message={draft.news} />
      {isAsking && (
        <SaveDialog
          laboratory={base.laboratory.name}
          version={base.version + 1}
          changes={changesBetween(base.settings, fromForm(form))}
          isSaving={draft.isSaving}
          failure={draft.failure}
          onSave={() => void save()}
          onClose={() => setAsking(false)}
        />
      )}
      <LeaveDialog
        open={blocker.state === 'blocked'}
        onLeave={() => blocker.proceed?.()}
        onStay={() => blocker.reset?.()}
      >
        Your changes to the settings are not saved. They are lost if you leave now.
      </LeaveDialog>
    </FormContext>
  );
}

const PAGE = {
  display: 'grid',
  gridTemplateColumns: 'minmax(0, 1fr)',
  gap: 2,
  // Neither the top bar nor the save bar covers what has the focus.
  '& input, & select, & textarea, & button': { scrollMarginTop: '64px', scrollMarginBottom: '72px' },
} as const;

const laboratoryIn = (search: string) => new URLSearchParams(search).get(LABORATORY);

import { useState } from 'react';
import { currentVersionOf } from '../ui/stale-version.ts';
import { sectionOf } from './sections.ts';
import { changesBetween, type SectionChanges } from './settings-changes.ts';
import { changedKeys, fromForm, onTopOfTheirs, type SettingsForm, toForm } from './settings-form.ts';
import { useFindLatest, useReplaceSettings, type VersionedSettings } from './settings-queries.ts';

/** Somebody else saved first. */
export interface Clash {
  theirs: VersionedSettings;
  theirChanges: SectionChanges[];
  /** Sections that both changed: what was typed here stands there. */
  both: string[];
}

/** What is typed on top of a version of the settings, and how it becomes the next one. */
export function useSettingsDraft(loaded: VersionedSettings) {
  const [base, setBase] = useState(loaded);
  const [baseForm, setBaseForm] = useState(() => toForm(loaded.settings));
  const [form, setForm] = useState(baseForm);
  const [clash, setClash] = useState<Clash>();
  const [failure, setFailure] = useState<unknown>();
  const [isSaving, setSaving] = useState(false);
  const [news, setNews] = useState('');
  const replacing = useReplaceSettings(loaded.laboratory.id);
  const findLatest = useFindLatest();

  const startFrom = (version: VersionedSettings): SettingsForm => {
    const next = toForm(version.settings);
    setBase(version);
    setBaseForm(next);
    return next;
  };
  const giveWay = async () => {
    const theirs = await findLatest(base.laboratory.id);
    const theirForm = startFrom(theirs);
    const theirKeys = changedKeys(baseForm, theirForm);
    const both = changedKeys(baseForm, form).filter((key) => theirKeys.includes(key));
    setForm(onTopOfTheirs(baseForm, form, theirForm));
    setClash({
      theirs,
      theirChanges: changesBetween(base.settings, theirs.settings),
      both: [...new Set(both.map((key) => sectionOf(key).label))],
    });
  };
  return {
    base,
    baseForm,
    form,
    clash,
    failure,
    isSaving,
    /** For screen readers. */
    news,
    change: (changes: Partial<SettingsForm>) => setForm((before) => ({ ...before, ...changes })),
    discard: () => {
      setForm(baseForm);
      setClash(undefined);
      setFailure(undefined);
    },
    /** @returns how it ended: a clash keeps what was typed, for a second save on top of theirs */
    save: async (): Promise<'saved' | 'clash' | 'failed'> => {
      setFailure(undefined);
      setSaving(true);
      try {
        const saved = await replacing.mutateAsync({ body: fromForm(form), ifMatch: base.version });
        setForm(startFrom(saved));
        setClash(undefined);
        setNews(`Saved as version ${saved.version}.`);
        return 'saved';
      } catch (error) {
        if (currentVersionOf(error) === undefined) {
          setFailure(error);
          return 'failed';
        }
        return await giveWay().then(
          () => 'clash' as const,
          (second) => {
            setFailure(second);
            return 'failed' as const;
          },
        );
      } finally {
        setSaving(false);
      }
    },
  };
}

import { createContext, useContext } from 'react';
import type { FormFaults } from './form-faults.ts';
import type { SettingsForm } from './settings-form.ts';

/** What every section works on. */
export interface FormState {
  form: SettingsForm;
  change: (changes: Partial<SettingsForm>) => void;
  faults: FormFaults;
  /** A save was tried: places that are merely empty are pointed at too. */
  isTried: boolean;
  /** What a code is called. */
  nameOf: (code: string) => string;
}

export const FormContext = createContext<FormState | undefined>(undefined);

export function useSettingsForm(): FormState {
  const state = useContext(FormContext);
  if (!state) throw new Error('useSettingsForm is used outside of FormContext');
  return state;
}

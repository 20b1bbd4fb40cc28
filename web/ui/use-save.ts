import { useState } from 'react';
import type { FieldValues, UseFormReturn } from 'react-hook-form';
import { ClashError } from '../api/error-message.ts';
import { placeServerErrors } from './server-errors.ts';
import { currentVersionOf } from './stale-version.ts';

interface Save<T> {
  /** What is left to say above the form. */
  failure: unknown;
  isSaving: boolean;
  save: (values: T) => Promise<void>;
}

/**
 * Saves a form: complaints of the server go beside their fields. After a clash with somebody else's change the form
 * keeps what was typed and the next save is made against their version.
 */
export function useSave<T extends FieldValues>(
  form: UseFormReturn<T>,
  knownVersion: number | undefined,
  send: (values: T, version: number | undefined) => Promise<void>,
): Save<T> {
  const [failure, setFailure] = useState<unknown>();
  const [isSaving, setIsSaving] = useState(false);
  const [version, setVersion] = useState(knownVersion);
  return {
    failure,
    isSaving,
    async save(values) {
      setFailure(undefined);
      setIsSaving(true);
      try {
        await send(values, version);
      } catch (error) {
        const current = currentVersionOf(error);
        setVersion(current ?? version);
        setFailure(current === undefined ? placeServerErrors(form, error) : new ClashError());
      } finally {
        setIsSaving(false);
      }
    },
  };
}

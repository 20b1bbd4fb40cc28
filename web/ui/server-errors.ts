import type { FieldValues, Path, UseFormReturn } from 'react-hook-form';
import { camelKey } from '../../contract/casing.ts';
import { ApiError } from '../../contract/client.ts';
import { capitalised } from './format.ts';

/**
 * Puts what the server said of single fields beside those fields.
 * @returns what is left to say above the form, undefined when each complaint found its field
 */
export function placeServerErrors<T extends FieldValues>(form: UseFormReturn<T>, error: unknown): unknown {
  if (!(error instanceof ApiError) || error.errors.length === 0) return error;
  const fields = form.getValues();
  let hasUnplaced = false;
  for (const { path, message } of error.errors) {
    const field = camelKey(path);
    if (field.split('.')[0] in fields)
      form.setError(field as Path<T>, { message: sentenceOf(message) }, { shouldFocus: true });
    else hasUnplaced = true;
  }
  return hasUnplaced ? error : undefined;
}

/** As the texts of this page are written: the server also says it after the name of the field. */
const sentenceOf = (message: string) => capitalised(message).replace(/[.]?$/, '.');

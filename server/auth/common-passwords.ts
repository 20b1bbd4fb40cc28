import { dictionary } from '@zxcvbn-ts/language-common';
import { validationFailed } from '../errors.ts';

const SHORTEST = 8;
/** From breaches, the most frequent first; shorter ones are refused anyway. */
const COMMON = new Set(dictionary['passwords-common'].filter(({ length }) => length >= SHORTEST));

export function isCommonPassword(password: string): boolean {
  return COMMON.has(password.toLowerCase());
}

/** @throws AppError validation_failed for a password that attackers try first */
export function refuseCommonPassword(password: string, path: string): void {
  if (!isCommonPassword(password)) return;
  const message =
    'many people use this password, so it is tried first; choose another, several words are good';
  throw validationFailed([{ path, message }]);
}

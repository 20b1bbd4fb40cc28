const DIGITS = 16;
/** Keeps cursors and index entries short. */
const LONGEST = 200;

/** A file name so written that text order is the order people expect: field_2 before field_10, case aside. */
export function sortNameOf(filename: string): string {
  const padded = filename
    .toLowerCase()
    .replace(/[0-9]+/g, (digits) => digits.replace(/^0+(?=.)/, '').padStart(DIGITS, '0'));
  return [...padded].slice(0, LONGEST).join('');
}

const LONGEST = 255;

/** A client's file name as it may be shown and stored: no folders, nothing invisible, at most 255 characters. */
export function displayFilename(given: string | undefined): string {
  const name = (given ?? '')
    .normalize('NFC')
    .split(/[\\/]/)
    .at(-1)!
    // Control, format (bidirectional overrides), surrogate and private characters, line and paragraph separators.
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
    .trim();
  if (name === '' || name === '.' || name === '..') return 'unnamed';
  const characters = [...name];
  if (characters.length <= LONGEST) return name;
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? '';
  return characters.slice(0, LONGEST - extension.length).join('') + extension;
}

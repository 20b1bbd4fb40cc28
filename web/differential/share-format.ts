/** Writes shares and counts as the laboratory's locale does. */
export interface ShareFormat {
  count(value: number): string;
  /** With the sign: "23.1 %". */
  percent(value: number): string;
  /** Without the sign: "17.9–29.2", or one number where both are written alike. */
  range(lowest: number, highest: number): string;
  /** "≤ 15", "≥ 85" or "3–15". */
  reference(lower: number | null, upper: number | null): string;
}

const NARROW_SPACE = '\u202f';

export function createShareFormat(locale: string): ShareFormat {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const asWritten = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  return {
    count: (value) => whole.format(value),
    percent: (value) => `${tenths.format(value)}${NARROW_SPACE}%`,
    range: (lowest, highest) =>
      [...new Set([lowest, highest].map((share) => tenths.format(share)))].join('–'),
    reference: (lower, upper) => {
      if (lower !== null && upper !== null) return `${asWritten.format(lower)}–${asWritten.format(upper)}`;
      if (upper !== null) return `≤${NARROW_SPACE}${asWritten.format(upper)}`;
      return lower !== null ? `≥${NARROW_SPACE}${asWritten.format(lower)}` : '–';
    },
  };
}

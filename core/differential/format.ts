import type { Interval } from './wilson.ts';

/** A share with one decimal, as laboratories print it: `12.5 %`. */
export function formatPercent(percent: number): string {
  return `${percent.toFixed(1)} %`;
}

/** An interval with one decimal: `9.6–16.1 %`. */
export function formatInterval({ lowerPercent, upperPercent }: Interval): string {
  return `${lowerPercent.toFixed(1)}–${upperPercent.toFixed(1)} %`;
}

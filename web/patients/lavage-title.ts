import type { Lavage } from '../api/queries.ts';
import { formatDay } from '../ui/format.ts';

/** What a lavage is called on the screen: its day, and its accession number where it has one. */
export function lavageTitle(
  lavage: Pick<Lavage, 'collectedAt' | 'createdAt' | 'request'>,
  locale: string,
): string {
  const day = lavage.collectedAt
    ? `Lavage of ${formatDay(lavage.collectedAt, locale)}`
    : `Lavage entered ${formatDay(lavage.createdAt, locale)}`;
  return lavage.request.accessionNumber ? `${day}, ${lavage.request.accessionNumber}` : day;
}

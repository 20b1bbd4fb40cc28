import type { Lavage } from '../api/queries.ts';
import { formatDay } from '../ui/format.ts';

type Dated = Pick<Lavage, 'collectedAt' | 'createdAt'>;

const dateOf = ({ collectedAt, createdAt }: Dated) => collectedAt ?? createdAt;

/** Lavages as pages list them: by the day they were collected, else entered. */
export function newestFirst<L extends Dated>(lavages: readonly L[]): L[] {
  return lavages.toSorted((a, b) => dateOf(b).localeCompare(dateOf(a)));
}

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

import type { Hospital } from './queries.ts';
import { useUser } from './services.ts';

/** The laboratories one can name: the own one and those of the hospitals. */
export function useLaboratories(hospitals: readonly Hospital[]): { id: string; name: string }[] {
  const own = useUser().laboratory;
  const all = [...(own ? [own] : []), ...hospitals.map(({ laboratory }) => laboratory)];
  return [...new Map(all.map((laboratory) => [laboratory.id, laboratory])).values()];
}

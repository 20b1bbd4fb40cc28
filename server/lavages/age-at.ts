/**
 * Whole years at a point in time.
 * @param dateOfBirth YYYY-MM-DD
 * @param at ISO 8601
 * @returns undefined when that is before the birth
 */
export function ageAt(dateOfBirth: string, at: string): number | undefined {
  const [year, month, day] = dateOfBirth.split('-').map(Number);
  const then = new Date(at);
  const hadBirthday =
    then.getUTCMonth() + 1 > month || (then.getUTCMonth() + 1 === month && then.getUTCDate() >= day);
  const age = then.getUTCFullYear() - year - (hadBirthday ? 0 : 1);
  return age >= 0 ? age : undefined;
}

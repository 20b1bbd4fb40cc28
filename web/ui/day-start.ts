/** Midnight here, so many days after a day (YYYY-MM-DD), as ISO 8601; undefined for what is no day. */
export function dayStart(day: string, daysLater = 0): string | undefined {
  const midnight = new Date(`${day}T00:00`);
  midnight.setDate(midnight.getDate() + daysLater);
  return Number.isNaN(midnight.getTime()) ? undefined : midnight.toISOString();
}

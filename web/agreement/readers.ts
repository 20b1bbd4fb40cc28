import type { ComparedReading } from './agreement-queries.ts';

/** A finished reading under a name that no other has. */
export interface NamedReading {
  id: string;
  name: string;
}

/** The readings that are compared: those that were closed. Who finished several has them numbered. */
export function finishedReadings(
  readings: readonly Pick<ComparedReading, 'id' | 'reader' | 'status'>[],
): NamedReading[] {
  const finished = readings.filter(({ status }) => status === 'closed');
  return finished.map(({ id, reader }, at) => {
    const sameName = (other: (typeof finished)[number]) => other.reader.name === reader.name;
    const number = finished.slice(0, at + 1).filter(sameName).length;
    return {
      id,
      name: finished.filter(sameName).length > 1 ? `${reader.name} (${number})` : reader.name,
    };
  });
}

import { Reading as WireReading } from '../../contract/annotations.ts';
import type { Api } from '../../contract/api.ts';
import { caseConverter } from '../../contract/casing.ts';
import { ApiError, type Call } from '../../contract/client.ts';
import type { CallInput, CallResult } from '../../contract/route.ts';
import { ReaderError } from '../api/error-message.ts';
import type { Reading } from '../api/queries.ts';

type Changes = CallInput<Api['updateReading']>['body'];

/** The reading is otherwise than its reader saw it when they changed it. */
export class ReadingChangedError extends ReaderError {
  constructor() {
    super(
      'You changed this reading elsewhere meanwhile, and this field is shown as it is now. If it should still change, do it again.',
    );
  }
}

const toReading = caseConverter(WireReading, 'camel');

/**
 * Changes a reading. One that was changed meanwhile, in another tab or by the same reader on another device, is
 * changed all the same as long as what the reader looked at stayed as they saw it.
 * @throws ReadingChangedError where it did not
 */
export async function changeReading(
  call: Call,
  reading: Reading,
  body: Changes,
  isAsSeen: (reading: Reading) => boolean,
): Promise<CallResult<Api['updateReading']>> {
  let known = reading;
  while (isAsSeen(known)) {
    try {
      return await call('updateReading', { params: { id: known.id }, ifMatch: known.version, body });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'stale_version') throw error;
      known = toReading(WireReading.parse(error.current)) as Reading;
    }
  }
  throw new ReadingChangedError();
}

/** What a reading says of a field; one that is not begun yet has looked at none. */
export function fieldOf(reading: Reading | null, sampleId: string) {
  const field = reading?.fields.find((each) => each.sampleId === sampleId);
  return { state: field?.state ?? 'unread', excludedBecause: field?.excludedBecause ?? null };
}

/** Whether a reading still says of a field what it said when it was shown. */
export function isFieldAsShown(shown: Reading | null, sampleId: string): (reading: Reading) => boolean {
  const asShown = fieldOf(shown, sampleId);
  return (reading) => {
    const now = fieldOf(reading, sampleId);
    return (
      reading.status === (shown?.status ?? 'open') &&
      now.state === asShown.state &&
      now.excludedBecause === asShown.excludedBecause
    );
  };
}

import type { Metrics } from './metrics.ts';
import { ObjectError, type Objects } from './objects.ts';

const MEASURED = ['put', 'get', 'getRange', 'read', 'head', 'remove', 'check'] as const;

/** The same objects, with what goes wrong counted. */
export function measureObjects(objects: Objects, metrics: Metrics): Objects {
  const count = metrics.counter({
    name: 'balscope_object_errors_total',
    help: 'Reads and writes of stored images that failed',
    labels: ['operation', 'code'],
  });
  if (objects.freeBytes) {
    metrics.gauge(
      { name: 'balscope_objects_free_bytes', help: 'Space left where images are stored' },
      async () => [{ value: await objects.freeBytes!() }],
    );
  }
  const measured = { ...objects };
  for (const operation of MEASURED) {
    const act = objects[operation] as (...given: unknown[]) => Promise<unknown>;
    const note = (error: unknown) =>
      count({ operation, code: error instanceof ObjectError ? error.code : 'other' });
    Object.assign(measured, {
      [operation]: async (...given: unknown[]) => {
        try {
          const answer = await act(...given);
          if (isOpened(answer)) answer.stream.once('error', note);
          return answer;
        } catch (error) {
          if (!isSenderGone(given, error)) note(error);
          throw error;
        }
      },
    });
  }
  return measured;
}

function isOpened(answer: unknown): answer is Awaited<ReturnType<Objects['get']>> {
  return typeof answer === 'object' && answer !== null && 'stream' in answer;
}

/** A stream to store that broke off by itself tells nothing of the store. */
function isSenderGone([, source]: unknown[], error: unknown): boolean {
  if (typeof source !== 'object' || source === null || !('errored' in source) || !source.errored)
    return false;
  // A store that fails ends its source too; what a disk refuses names the call to the system.
  return error instanceof ObjectError ? source.errored === error : !('syscall' in Object(error));
}

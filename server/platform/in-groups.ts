import { setTimeout as delay } from 'node:timers/promises';

interface Waiting<T> {
  item: T;
  done: PromiseWithResolvers<void>;
}

/**
 * Handles together what comes while the group before is under way: many at once share one round trip.
 * @param lingerMs before each group, for more to come
 * @returns resolves when the item's group is handled, rejects as `handle` does
 */
export function inGroups<T>(
  handle: (group: T[]) => Promise<unknown>,
  { most, lingerMs }: { most: number; lingerMs?: number },
): (item: T) => Promise<void> {
  let waiting: Waiting<T>[] = [];
  let isHandling = false;

  const handleAll = async () => {
    isHandling = true;
    while (waiting.length > 0) {
      if (lingerMs !== undefined && waiting.length < most) await delay(lingerMs);
      const group = waiting.slice(0, most);
      waiting = waiting.slice(most);
      try {
        await handle(group.map(({ item }) => item));
        for (const { done } of group) done.resolve();
      } catch (error) {
        for (const { done } of group) done.reject(error);
      }
    }
    isHandling = false;
  };

  return (item) => {
    const done = Promise.withResolvers<void>();
    waiting.push({ item, done });
    if (!isHandling) void handleAll();
    return done.promise;
  };
}

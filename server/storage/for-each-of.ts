/** Does something for every item, `atOnce` of them at the same time; the first failure ends all. */
export async function forEachOf<T>(
  items: AsyncIterable<T>,
  atOnce: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items[Symbol.asyncIterator]();
  const actOnSome = async () => {
    for (let next = await waiting.next(); !next.done; next = await waiting.next()) await act(next.value);
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, actOnSome));
  } finally {
    await waiting.return?.();
  }
}

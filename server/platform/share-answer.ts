/**
 * Asks once for all who want to know within a while, those who ask at the same moment included. A failure is shared by
 * those who wait for it and not kept.
 */
export function shareAnswer<T>(
  ask: () => Promise<T>,
  freshForMs: number,
  now: () => number = () => performance.now(),
): () => Promise<T> {
  let answer: Promise<T> | undefined;
  let askedAt = 0;
  return () => {
    if (answer && now() - askedAt < freshForMs) return answer;
    askedAt = now();
    const asked = ask();
    answer = asked;
    asked.catch(() => {
      if (answer === asked) answer = undefined;
    });
    return asked;
  };
}

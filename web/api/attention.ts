/** Requests this long after the last key or pointer movement are still what the person caused. */
const ATTENTION_MS = 60_000;
const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

/** @returns what tells whether somebody is at the page; opening it counts */
export function watchAttention(page: EventTarget): () => boolean {
  let lastSignAt = Date.now();
  for (const sign of SIGNS) {
    page.addEventListener(sign, () => (lastSignAt = Date.now()), { capture: true, passive: true });
  }
  return () => Date.now() - lastSignAt < ATTENTION_MS;
}

const SAY_EVERY_MS = 1000;

/** Says now and then how far copying is. */
export function showCopying(say: (line: string) => void) {
  let objects = 0;
  let bytes = 0;
  let saidAt = Date.now();
  return {
    add: (more: number) => {
      objects++;
      bytes += more;
      if (Date.now() - saidAt < SAY_EVERY_MS) return;
      saidAt = Date.now();
      say(`  ${objects} objects, ${megabytes(bytes)}…`);
    },
    total: () => `${objects} objects, ${megabytes(bytes)}`,
  };
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

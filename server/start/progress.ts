const NAME_WIDTH = 14;
const RESULT_WIDTH = 48;

/** What a person at the terminal reads while BALscope starts. */
export interface Progress {
  say(line: string): void;
  /** Shows one line when the step is done: what came of it and how long it took. */
  step<T>(name: string, work: () => Promise<T>, describe: (result: T) => string): Promise<T>;
}

export function showProgress(write: (text: string) => void, signal: AbortSignal): Progress {
  return {
    say: (line) => write(`${line}\n`),
    step: async (name, work, describe) => {
      signal.throwIfAborted();
      const startedAt = performance.now();
      const result = await work();
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      write(
        `  ${name.padEnd(NAME_WIDTH)}${describe(result).padEnd(RESULT_WIDTH)} ${seconds.padStart(6)} s\n`,
      );
      return result;
    },
  };
}

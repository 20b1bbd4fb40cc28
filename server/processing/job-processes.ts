import type { ImageTasks, TaskName } from './image-tasks.ts';
import { type JobProcess, type ProcessLimits, startJobProcess, TaskFailure } from './job-process.ts';

interface PoolSettings extends ProcessLimits {
  processes: number;
  /** Tasks that may wait for a process before further ones are refused. */
  longestQueue: number;
}

interface TaskOptions {
  timeoutMs: number;
  /** Ends the task, and its process with it. */
  signal?: AbortSignal;
  /** Told the share of a long task that is done, 0–1, about once a second. */
  onProgress?: (done: number) => void;
  /** Nobody waits for the answer any more: the task is not begun. One in progress goes on, for its process keeps what it has decoded. */
  abandoned?: AbortSignal;
  /** Tasks with the same one go to the same process, which may still have the image in memory. */
  affinity?: string;
}

export interface JobProcesses {
  /** @throws ImageRefusal, TaskFailure */
  run<Name extends TaskName>(
    task: Name,
    request: ImageTasks[Name]['request'],
    options: TaskOptions,
  ): Promise<ImageTasks[Name]['reply']>;
  /** Processes alive now. */
  pids(): number[];
  close(): void;
}

interface Seat {
  process: JobProcess | undefined;
  /** Ends when everything that was queued here has. */
  tail: Promise<unknown>;
  waiting: number;
}

/** A fixed number of seats for job processes, each started when first needed and replaced when spent. */
export function openJobProcesses(settings: PoolSettings): JobProcesses {
  const seats: Seat[] = Array.from({ length: settings.processes }, () => ({
    process: undefined,
    tail: Promise.resolve(),
    waiting: 0,
  }));
  let closed = false;

  const seatFor = (affinity: string | undefined): Seat =>
    affinity === undefined
      ? seats.reduce((best, seat) => (seat.waiting < best.waiting ? seat : best))
      : seats[hash(affinity) % seats.length];

  const processOf = (seat: Seat): JobProcess => {
    if (closed) throw new TaskFailure('aborted', 'The server is stopping.');
    if (!seat.process || seat.process.isSpent()) {
      seat.process?.kill();
      seat.process = startJobProcess(settings);
    }
    return seat.process;
  };

  return {
    run: (task, request, { affinity, abandoned, ...limits }) => {
      const queued = seats.reduce((sum, seat) => sum + seat.waiting, 0);
      if (queued >= settings.longestQueue) {
        return Promise.reject(new TaskFailure('busy', 'Too many images are waiting. Try again in a moment.'));
      }
      const seat = seatFor(affinity);
      seat.waiting++;
      const result = seat.tail.then(() => {
        if (abandoned?.aborted) throw new TaskFailure('aborted', 'Nobody waits for this image any more.');
        return processOf(seat).run(task, request, limits);
      });
      seat.tail = result.catch(() => {}).finally(() => seat.waiting--);
      return result;
    },
    pids: () =>
      seats.flatMap(({ process }) => (process && !process.isSpent() ? [process.pid ?? []] : [])).flat(),
    close: () => {
      closed = true;
      for (const { process } of seats) process?.kill();
    },
  };
}

function hash(text: string): number {
  let value = 0;
  for (const character of text) value = (Math.imul(value, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return value;
}

/** What an upload says beside the bytes. */
export interface UploadTarget {
  patientId: string;
  lavageId?: string;
  objective?: string;
  micronsPerPixel?: number;
}

/** How the server answered. `refused` is final: the same bytes would be refused again. */
export type UploadOutcome =
  | { kind: 'stored' | 'duplicate'; jobId: string }
  | { kind: 'refused'; reason: string };

export type UploadState = 'waiting' | 'sending' | 'stored' | 'duplicate' | 'refused' | 'failed' | 'cancelled';

export interface Upload {
  id: string;
  fileName: string;
  sizeBytes: number;
  target: UploadTarget;
  state: UploadState;
  /** Share of the bytes sent, 0–1. At 1 while sending, the server is checking the image. */
  progress: number;
  /** While sending: the connection is lost, and it goes on by itself. */
  isInterrupted: boolean;
  reason: string | undefined;
  jobId: string | undefined;
}

export type SendFile = (
  file: File,
  target: UploadTarget,
  options: {
    signal: AbortSignal;
    onProgress: (share: number) => void;
    /** The connection was lost; the next progress says that it is there again. */
    onInterrupted: () => void;
  },
) => Promise<UploadOutcome>;

export interface UploadQueue {
  add(files: readonly File[], target: UploadTarget): void;
  cancel(id: string): void;
  retry(id: string): void;
  /** Forgets what ended well or was cancelled; failures stay until they were dealt with or dismissed. */
  clearFinished(patientId: string): void;
  dismiss(id: string): void;
  getUploads(): readonly Upload[];
  subscribe(listener: () => void): () => void;
}

interface QueueOptions {
  send: SendFile;
  /** How a failure to send is said to the reader. */
  describeFailure: (error: unknown) => string;
  onStored?: (upload: Upload) => void;
  /** How many files travel at once. */
  parallel?: number;
}

const FINISHED = new Set<UploadState>(['stored', 'duplicate', 'cancelled']);

/** Sends files in the order they were added, a few at a time; survives moving between pages. */
export function createUploadQueue({
  send,
  describeFailure,
  onStored,
  parallel = 3,
}: QueueOptions): UploadQueue {
  let uploads: readonly Upload[] = [];
  const files = new Map<string, File>();
  const running = new Map<string, AbortController>();
  const listeners = new Set<() => void>();

  const setUploads = (next: readonly Upload[]) => {
    uploads = next;
    for (const listener of [...listeners]) listener();
  };
  const update = (id: string, change: Partial<Upload>) =>
    setUploads(uploads.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)));
  const find = (id: string) => uploads.find((upload) => upload.id === id);
  const forget = (isForgotten: (upload: Upload) => boolean) => {
    for (const upload of uploads.filter(isForgotten)) files.delete(upload.id);
    setUploads(uploads.filter((upload) => !isForgotten(upload)));
  };

  const startNext = () => {
    while (running.size < parallel) {
      const next = uploads.find(({ state }) => state === 'waiting');
      if (!next) return;
      void run(next);
    }
  };
  const run = async ({ id, target }: Upload) => {
    const controller = new AbortController();
    running.set(id, controller);
    update(id, { state: 'sending', progress: 0, isInterrupted: false, reason: undefined });
    const change = await attempt(id, target, controller.signal);
    if (running.get(id) === controller) running.delete(id);
    if (!controller.signal.aborted) {
      update(id, change);
      const ended = find(id);
      if (ended?.state === 'stored') onStored?.(ended);
      if (ended && FINISHED.has(ended.state)) files.delete(id);
    }
    startNext();
  };
  const attempt = async (id: string, target: UploadTarget, signal: AbortSignal): Promise<Partial<Upload>> => {
    try {
      const outcome = await send(files.get(id)!, target, {
        signal,
        onProgress: (progress) => {
          if (!signal.aborted) update(id, { progress, isInterrupted: false });
        },
        onInterrupted: () => {
          if (!signal.aborted) update(id, { isInterrupted: true });
        },
      });
      return outcome.kind === 'refused'
        ? { state: 'refused', reason: outcome.reason }
        : { state: outcome.kind, jobId: outcome.jobId, progress: 1 };
    } catch (error) {
      return { state: 'failed', reason: describeFailure(error) };
    }
  };

  return {
    add(added, target) {
      const fresh = added.map((file): Upload => {
        const id = crypto.randomUUID();
        files.set(id, file);
        return {
          id,
          fileName: file.name,
          sizeBytes: file.size,
          target,
          state: 'waiting',
          progress: 0,
          isInterrupted: false,
          reason: undefined,
          jobId: undefined,
        };
      });
      setUploads([...uploads, ...fresh]);
      startNext();
    },
    cancel(id) {
      const upload = find(id);
      if (upload?.state !== 'waiting' && upload?.state !== 'sending') return;
      update(id, { state: 'cancelled' });
      running.get(id)?.abort();
    },
    retry(id) {
      const upload = find(id);
      if (upload?.state !== 'failed' && upload?.state !== 'cancelled') return;
      update(id, { state: 'waiting', progress: 0, reason: undefined });
      startNext();
    },
    clearFinished: (patientId) =>
      forget((upload) => upload.target.patientId === patientId && FINISHED.has(upload.state)),
    dismiss(id) {
      forget((upload) => upload.id === id && !running.has(id));
    },
    getUploads: () => uploads,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

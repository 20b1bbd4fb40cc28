import type { PackedCells } from '../../core/detection/packed-cells.ts';
import type { ParameterValues, ShownImage } from './detection-messages.ts';
import { sameValues } from './parameter-values.ts';
import type { PreviewWorker } from './preview-worker.ts';

/** The server is asked once the slider has rested so long. */
export const REST_MS = 400;

/** What the panel shows; a new object whenever any of it changes. */
export interface LiveDetectionState {
  /** As set in the panel. */
  values: ParameterValues;
  /** Cells found with other parameters than the stored ones; null while the stored cells are shown. */
  preview: ShownPreview | null;
  /** Whether `values` differ from those of the stored run. */
  isChanged: boolean;
  server: 'resting' | 'asked' | 'answered' | 'failed';
  serverError: unknown;
  /** Why there is no preview in this browser; the server answers nevertheless. */
  browserFault: string | null;
  /** Full-resolution pixels per working pixel that the browser worked with last. */
  downscale: number | null;
}

export interface ShownPreview {
  cells: PackedCells;
  from: 'browser' | 'server';
  ms: number;
}

export interface LiveDetectionSource {
  /** Parameters of the stored run. */
  stored: ParameterValues;
  /** Without, changed parameters are only there to be applied. */
  canPreview: boolean;
  startWorker: () => PreviewWorker;
  /** The displayed image with an address that holds. */
  findImage: () => Promise<ShownImage>;
  /** The server's answer at full resolution. */
  askServer: (values: ParameterValues, signal: AbortSignal) => Promise<PackedCells>;
}

/**
 * Detection under the reader's hand: each change is answered by the browser as fast as it can, the newest before
 * older ones, and by the server once the hand rests. Answers to what is no longer asked are dropped.
 */
export class LiveDetection {
  readonly #source: LiveDetectionSource;
  readonly #subscribers = new Set<() => void>();
  #state: LiveDetectionState;
  #worker: PreviewWorker | null = null;
  #opened: Promise<void> | null = null;
  /** Counts changes; an answer is shown only while no newer one is. */
  #asked = 0;
  #shown = 0;
  #isDetecting = false;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #request: AbortController | null = null;
  #isClosed = false;

  constructor(source: LiveDetectionSource) {
    this.#source = source;
    this.#state = {
      values: source.stored,
      preview: null,
      isChanged: false,
      server: 'resting',
      serverError: null,
      browserFault: null,
      downscale: null,
    };
  }

  readonly getState = (): LiveDetectionState => this.#state;

  readonly subscribe = (subscriber: () => void): (() => void) => {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  };

  get canPreview(): boolean {
    return this.#source.canPreview;
  }

  get stored(): ParameterValues {
    return this.#source.stored;
  }

  /** Reads the image and its score, so that the first change is answered at once. */
  prepare(): void {
    if (!this.#source.canPreview) return;
    void this.#open().then(async () => {
      if (this.#isDetecting || !this.#worker) return;
      await this.#detect(this.#state.values, 0);
    });
  }

  set(values: ParameterValues): void {
    if (sameValues(values, this.#source.stored)) {
      this.cancel();
      return;
    }
    this.#stopAsking();
    this.#asked++;
    this.#change({ values, isChanged: true, server: 'resting', serverError: null });
    if (!this.#source.canPreview) return;
    void this.#open().then(() => this.#detectNewest());
    this.#resting = setTimeout(() => void this.#askServer(), REST_MS);
  }

  /** Back to the stored cells. */
  cancel(): void {
    this.#stopAsking();
    this.#shown = ++this.#asked;
    const values = this.#source.stored;
    this.#change({ values, preview: null, isChanged: false, server: 'resting', serverError: null });
  }

  /** Asks the server again after it failed. */
  retry(): void {
    if (this.#state.isChanged) void this.#askServer();
  }

  close(): void {
    this.#isClosed = true;
    this.#stopAsking();
    this.#worker?.close();
    this.#worker = null;
  }

  #open(): Promise<void> {
    this.#opened ??= this.#startWorker();
    return this.#opened;
  }

  async #startWorker(): Promise<void> {
    try {
      const image = await this.#source.findImage();
      if (this.#isClosed) return;
      this.#worker = this.#source.startWorker();
      await this.#worker.open(image);
    } catch (error) {
      this.#worker?.close();
      this.#worker = null;
      this.#change({ browserFault: error instanceof Error ? error.message : String(error) });
    }
  }

  /** One detection at a time: what is asked meanwhile waits, and only the newest of it. */
  async #detectNewest(): Promise<void> {
    if (this.#isDetecting) return;
    while (this.#worker && this.#shown < this.#asked && this.#state.isChanged) {
      await this.#detect(this.#state.values, this.#asked);
    }
  }

  /** @param asked 0: nothing is shown */
  async #detect(values: ParameterValues, asked: number): Promise<void> {
    this.#isDetecting = true;
    try {
      const { cells, ms, downscale } = await this.#worker!.detect(values);
      this.#show(asked, { cells, from: 'browser', ms }, downscale);
    } catch (error) {
      this.#shown = Math.max(this.#shown, asked);
      this.#change({ browserFault: error instanceof Error ? error.message : String(error) });
    } finally {
      this.#isDetecting = false;
    }
    if (asked === 0) await this.#detectNewest();
  }

  async #askServer(): Promise<void> {
    const asked = this.#asked;
    const request = new AbortController();
    this.#request = request;
    this.#change({ server: 'asked', serverError: null });
    const startedAt = performance.now();
    try {
      const cells = await this.#source.askServer(this.#state.values, request.signal);
      if (request.signal.aborted) return;
      this.#show(asked, { cells, from: 'server', ms: performance.now() - startedAt });
      this.#change({ server: 'answered' });
    } catch (error) {
      if (!request.signal.aborted) this.#change({ server: 'failed', serverError: error });
    }
  }

  #show(asked: number, preview: ShownPreview, downscale = this.#state.downscale): void {
    const isNewer = preview.from === 'server' ? asked >= this.#shown : asked > this.#shown;
    if (!isNewer || !this.#state.isChanged) {
      this.#change({ downscale });
      return;
    }
    this.#shown = asked;
    this.#change({ preview, downscale, ...(preview.from === 'browser' && { browserFault: null }) });
  }

  #stopAsking(): void {
    clearTimeout(this.#resting);
    this.#request?.abort();
    this.#request = null;
  }

  #change(part: Partial<LiveDetectionState>): void {
    if (this.#isClosed) return;
    this.#state = { ...this.#state, ...part };
    for (const subscriber of [...this.#subscribers]) subscriber();
  }
}

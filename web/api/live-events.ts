import type { z } from 'zod';
import { API_BASE, api } from '../../contract/api.ts';
import { type Camel, caseConverter } from '../../contract/casing.ts';
import { LiveEvent as LiveEventSchema } from '../../contract/events.ts';

export type LiveEvent = Camel<z.output<typeof LiveEventSchema>>;

/** `waiting`: the line is down and the next attempt is due. */
export type LiveState = 'closed' | 'connecting' | 'open' | 'waiting';

export interface LiveConnection {
  start(): void;
  stop(): void;
  getState(): LiveState;
  subscribe(listener: () => void): () => void;
}

interface LiveHandlers {
  onEvent: (event: LiveEvent) => void;
  /** Events may have been missed: what is on the screen has to be fetched afresh. */
  onReconnect: () => void;
}

/** What of `EventSource` is used. */
type Source = Pick<EventSource, 'addEventListener' | 'close'>;

const EVENT_TYPES = LiveEventSchema.options.map((option) => option.shape.type.value);
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;
const toCamel = caseConverter(LiveEventSchema, 'camel');

/** One line for all server-sent events of the page, taken up again with growing pauses when it breaks. */
export function createLiveConnection(
  { onEvent, onReconnect }: LiveHandlers,
  openSource: () => Source = () => new EventSource(API_BASE + api.events.path),
): LiveConnection {
  let state: LiveState = 'closed';
  let source: Source | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let wasOpen = false;
  const listeners = new Set<() => void>();

  const become = (next: LiveState) => {
    if (next === state) return;
    state = next;
    for (const listener of [...listeners]) listener();
  };
  const connect = () => {
    become('connecting');
    const opened = openSource();
    source = opened;
    opened.addEventListener('open', () => {
      failures = 0;
      become('open');
      if (wasOpen) onReconnect();
      wasOpen = true;
    });
    opened.addEventListener('error', () => {
      opened.close();
      if (source !== opened) return;
      become('waiting');
      retry = setTimeout(connect, delayBefore(failures++));
    });
    for (const type of EVENT_TYPES) {
      opened.addEventListener(type, (message) => {
        const event = parseLiveEvent(type, (message as MessageEvent<string>).data);
        if (event) onEvent(event);
      });
    }
  };
  return {
    start() {
      if (state === 'closed') connect();
    },
    stop() {
      clearTimeout(retry);
      source?.close();
      source = undefined;
      failures = 0;
      wasOpen = false;
      become('closed');
    },
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Pause before an attempt: 1, 2, 4 … 30 s, shortened by chance so that browsers do not return in step. */
function delayBefore(failures: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures) * (0.5 + Math.random() / 2);
}

function parseLiveEvent(type: string, data: string): LiveEvent | undefined {
  try {
    const parsed = LiveEventSchema.safeParse({ ...(JSON.parse(data) as object), type });
    return parsed.success ? (toCamel(parsed.data) as LiveEvent) : undefined;
  } catch {
    return undefined;
  }
}

import type { ServerResponse } from 'node:http';
import { caseConverter } from '../../contract/casing.ts';
import { LiveEvent as WireEvent } from '../../contract/events.ts';
import type { LiveEvent } from '../platform/notifications.ts';

const RECONNECT_AFTER_MS = 2000;
/** A reader that is so far behind is cut off; it fetches afresh when it comes back. */
const MOST_BUFFERED_BYTES = 1_000_000;
const MOST_WAITING_EVENTS = 1000;
const REMEMBER_MS = 10_000;
const MOST_REMEMBERED = 2000;

export interface EventStream {
  push(event: LiveEvent): void;
  /** A line that says nothing, so that nobody between takes the connection for dead. */
  keepAlive(): void;
  end(): void;
}

const toWire = caseConverter(WireEvent, 'snake');

/** One open answer to `GET /events`: writes events in order, those of samples only after `isVisible` says so. */
export function openEventStream(
  response: ServerResponse,
  isVisible: (jobId: string) => Promise<boolean>,
): EventStream {
  const remembered = new Map<string, { visible: boolean; until: number }>();
  let waiting = 0;
  let delivered: Promise<void> = Promise.resolve();

  const mayPass = async (event: LiveEvent): Promise<boolean> => {
    if (event.type === 'queue.stats') return true;
    const known = remembered.get(event.jobId);
    if (known && known.until > Date.now()) return known.visible;
    const visible = await isVisible(event.jobId);
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(event.jobId, { visible, until: Date.now() + REMEMBER_MS });
    return visible;
  };
  const write = (text: string) => {
    if (response.writableLength > MOST_BUFFERED_BYTES) response.destroy();
    else if (!response.destroyed) response.write(text);
  };
  const deliver = async (event: LiveEvent) => {
    if (response.destroyed || !(await mayPass(event))) return;
    const { type, ...data } = toWire(event) as { type: string };
    write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  };

  write(`retry: ${RECONNECT_AFTER_MS}\n\n`);
  return {
    push: (event) => {
      if (++waiting > MOST_WAITING_EVENTS) response.destroy();
      delivered = delivered
        .then(() => deliver(event))
        .catch(() => void response.destroy())
        .finally(() => waiting--);
    },
    keepAlive: () => write(': still here\n\n'),
    end: () => void response.end(),
  };
}

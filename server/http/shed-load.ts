import type { Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';

const OVERLOADED_MS = 3000;
const MEASURED_EVERY_MS = 1000;
const RESOLUTION_MS = 10;
/** What a process has open without any connection: database, job processes, libraries, the log. */
const OWN_DESCRIPTORS = 64;
/** Where there is no limit that one could know. */
const UNLIMITED_DESCRIPTORS = 10_000;
/** Whoever was told to come later and asks nothing keeps a descriptor no longer. */
const TURNED_AWAY_MS = 2000;
const RETRY_AFTER_S = 5;
const REFUSAL = [
  'HTTP/1.1 503 Service Unavailable',
  `retry-after: ${RETRY_AFTER_S}`,
  'connection: close',
  'content-length: 0',
  '\r\n',
].join('\r\n');

export class Overloaded extends AppError {
  constructor(cause?: unknown) {
    const sentence = 'The server has more to do than it can. Try again in a moment.';
    super('unavailable', sentence, { retryAfterS: RETRY_AFTER_S, cause });
  }
}

/**
 * Answers 503 while the process cannot keep up, and on connections that come when `mostConnections` are served. As many
 * again may wait for their requests to be answered so; further ones are not waited for, for without a descriptor nothing
 * works.
 */
export function shedLoad(app: FastifyInstance, mostConnections = connectionsWithin(openFilesLimit())): void {
  const lateness = measureLateness(app);
  const served = new Set<Socket>();
  const turnedAway = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    const isServed = served.size < mostConnections;
    if (!isServed && turnedAway.size >= mostConnections) {
      socket.write(REFUSAL);
      return socket.destroySoon();
    }
    if (!isServed) socket.setTimeout(TURNED_AWAY_MS);
    const place = isServed ? served : turnedAway;
    place.add(socket);
    socket.once('close', () => place.delete(socket));
  });
  app.addHook('onRequest', async (request, reply) => {
    const isTurnedAway = turnedAway.has(request.raw.socket);
    if (isTurnedAway) reply.header('connection', 'close');
    if (isTurnedAway || lateness() > OVERLOADED_MS) throw new Overloaded();
  });
}

/** @returns the function that tells by how much timers were late of late, ms */
function measureLateness(app: FastifyInstance): () => number {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let latenessMs = 0;
  const timer = setInterval(() => {
    latenessMs = histogram.count > 0 ? histogram.mean / 1e6 - RESOLUTION_MS : 0;
    histogram.reset();
  }, MEASURED_EVERY_MS).unref();
  app.addHook('onClose', async () => {
    clearInterval(timer);
    histogram.disable();
  });
  return () => latenessMs;
}

/** A connection that is served may have a file open, too, and then there are those that are turned away. */
export function connectionsWithin(descriptors: number): number {
  return Math.max(1, Math.floor((descriptors - OWN_DESCRIPTORS) / 3));
}

/** Node has raised it as far as it may. */
function openFilesLimit(): number {
  // Otherwise it would look up the names of all who are connected.
  Object.assign(process.report, { excludeNetwork: true });
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files: { soft: unknown } } };
  const limit = userLimits?.open_files.soft;
  return typeof limit === 'number' ? limit : UNLIMITED_DESCRIPTORS;
}

import { Readable } from 'node:stream';
import { type Lock, type Locker, Server } from '@tus/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 } from 'uuid';
import { API_BASE } from '../../contract/api.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import type { uploadRoutes } from '../../contract/uploads.ts';
import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import { AppError } from '../errors.ts';
import { asFormRefusal } from '../http/form-refusal.ts';
import type { Handlers } from '../http/mount.ts';
import type { BackPressure } from './back-pressure.ts';
import { finishUpload } from './finish-upload.ts';
import {
  findUpload,
  findUploadWithSample,
  listUnfinishedUploads,
  type UploadRow,
} from './resumable-queries.ts';
import type { UploadDependencies } from './upload-images.ts';
import { EXTENSIONS, UploadStore } from './upload-store.ts';

const PATH = `${API_BASE}/uploads`;
const VERSION = '1.0.0';
/** So long an interrupted request may still store what came before it makes room for the next. */
const DRAIN_MS = 100;

interface Exchange {
  caller: Caller;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** tus 1.0: the protocol is `@tus/server`'s, the bytes are objects, the end is that of `uploadImages`. */
export function resumableUploadHandlers(
  deps: UploadDependencies,
  { refuseWhenFull, refuseWhenBehind }: BackPressure,
): Handlers<keyof typeof uploadRoutes> {
  const { db } = deps.database;
  const locker = newestFirst();
  const finishing = new Map<string, Promise<void>>();

  /** Once for all who see that the bytes are there while it goes on: each would read the whole image. */
  const finish = async (caller: Caller, id: string): Promise<void> => {
    const upload = await findUpload(db, caller, id);
    if (!upload || upload.offsetBytes < upload.lengthBytes) return;
    const ending = finishing.get(id) ?? finishUpload(deps, caller, id).finally(() => finishing.delete(id));
    finishing.set(id, ending);
    await ending;
  };

  const answer = async ({ caller, request, reply }: Exchange): Promise<undefined> => {
    reply.headers({ 'tus-resumable': VERSION, 'tus-version': VERSION });
    if (request.headers['tus-resumable'] !== VERSION) {
      throw new AppError('unsupported_protocol', `Send Tus-Resumable: ${VERSION}, the version spoken here.`);
    }
    let failure: unknown;
    const server = new Server({
      path: PATH,
      datastore: new UploadStore(deps, caller),
      locker,
      lockDrainTimeout: DRAIN_MS,
      maxSize: deps.config.limits.uploadBytes,
      relativeLocation: true,
      disableTerminationForFinishedUploads: true,
      // Cross-origin answers are the application's business.
      allowedOrigins: () => false,
      namingFunction: () => v7(),
      onUploadFinish: async (_, { id }) => {
        await finish(caller, id);
        return {};
      },
      onResponseError: (_, error) => {
        failure = error;
        return undefined;
      },
    });
    const response = await server.handleWeb(asWebRequest(request));
    if (response.status >= 400) throw await refusalOf(response, failure);
    for (const [name, value] of response.headers) {
      if (!name.startsWith('access-control-')) reply.header(name, value);
    }
    await reply.code(response.status).send();
    return undefined;
  };

  return {
    uploadCapabilities: async ({ reply }) => {
      reply.headers({
        'tus-resumable': VERSION,
        'tus-version': VERSION,
        'tus-extension': EXTENSIONS.join(','),
        'tus-max-size': deps.config.limits.uploadBytes,
      });
      await reply.code(204).send();
      return undefined;
    },
    createUpload: async (exchange) => {
      await refuseWhenBehind();
      return answer(exchange);
    },
    listUploads: async ({ caller }) => {
      const items = (await listUnfinishedUploads(db, caller)).map(({ fields, ...row }) => ({
        ...progressOf(row),
        metadata: fields,
      }));
      if (items.length > 0) {
        await insertActivity(db, caller, {
          activityType: 'upload.list',
          description: `Listed ${items.length} unfinished uploads`,
          entityType: 'upload',
        });
      }
      return { items };
    },
    uploadOffset: async (exchange) => {
      // The last bytes may have come in a request that died before it made the sample.
      await finish(exchange.caller, exchange.params.id);
      return answer(exchange);
    },
    getUpload: async ({ caller, params: { id } }) => {
      const found = await findUploadWithSample(db, caller, id);
      if (!found) throw new AppError('not_found', 'There is no such upload. Begin a new one.');
      const { upload, sample } = found;
      return {
        ...progressOf(upload),
        sample: sample && { jobId: sample.jobId, duplicate: sample.s3Key !== upload.objectKey },
      };
    },
    continueUpload: async (exchange) => {
      await refuseWhenFull();
      return answer(exchange);
    },
    discardUpload: answer,
  };
}

const progressOf = ({ id, offsetBytes, lengthBytes, expiresAt }: Omit<UploadRow, 'fields'>) => ({
  id,
  offsetBytes,
  lengthBytes,
  expiresAt,
});

function asWebRequest({ method, url, headers, body }: FastifyRequest): Request {
  const given = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  const bytes = body instanceof Readable ? Readable.from(asFarAsTheyCame(body)) : undefined;
  return new Request(new URL(url, 'http://localhost'), {
    method,
    headers: given,
    ...(bytes ? { body: Readable.toWeb(bytes) as ReadableStream, duplex: 'half' } : {}),
  } as RequestInit);
}

/** A connection that breaks is an end like any other: what came is kept, and the client goes on from there. */
async function* asFarAsTheyCame(body: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* body as AsyncIterable<Uint8Array>;
  } catch {}
}

const CODES: Record<number, ErrorCode> = {
  400: 'bad_request',
  // A header is missing.
  403: 'bad_request',
  404: 'not_found',
  409: 'conflict',
  410: 'not_found',
  413: 'payload_too_large',
  501: 'bad_request',
};

async function refusalOf(response: Response, failure: unknown): Promise<unknown> {
  if (failure instanceof Error && !('status_code' in failure)) return asFormRefusal(failure, 1);
  const said = (await response.text()).trim();
  const code = CODES[response.status];
  return code ? new AppError(code, said) : new Error(said);
}

/**
 * Of two requests about one upload in this process the later one goes on; the earlier one, whose connection is dead
 * more often than not, stores what came and ends. Between processes the database decides whose bytes are taken.
 */
function newestFirst(): Locker {
  const held = new Map<string, { cancel: () => unknown; released: Promise<void>; release: () => void }>();
  return {
    newLock: (id): Lock => ({
      lock: async (_, cancel) => {
        for (let holder = held.get(id); holder; holder = held.get(id)) {
          await holder.cancel();
          await holder.released;
        }
        const { promise: released, resolve: release } = Promise.withResolvers<void>();
        held.set(id, { cancel, released, release });
      },
      unlock: async () => {
        held.get(id)?.release();
        held.delete(id);
      },
    }),
  };
}

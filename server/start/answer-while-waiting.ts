import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { ERRORS, type Problem } from '../../contract/errors.ts';
import { asPortError } from './port.ts';

/** Where a process will answer. */
export interface Door {
  host: string;
  port: number;
  /** What sets the port. */
  variable: string;
}

const RETRY_AFTER_S = 5;

/** Answers every request 503, so that whoever asks for the health of a process that is starting learns what it lacks. */
export async function answerWhileWaiting(
  { host, port, variable }: Door,
  part: string,
): Promise<AsyncDisposable> {
  const [status, title] = ERRORS.unavailable;
  const server = createServer((request, response) => {
    request.resume();
    const problem: Problem = {
      type: 'urn:balscope:error:unavailable',
      title,
      status,
      code: 'unavailable',
      detail: `This process is starting and waits for its ${part}. Try again in a moment.`,
      request_id: randomUUID(),
    };
    const headers = {
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      'retry-after': String(RETRY_AFTER_S),
    };
    response.writeHead(status, headers).end(JSON.stringify(problem));
  });
  server.listen(port, host);
  await once(server, 'listening').catch((error) => {
    throw asPortError(error, host, port, variable);
  });
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

type Service = 's3' | 'sqs';
/** pass: as if it were not there. reset: every connection is cut. refuse-sends: what would add a message is answered 503. */
type Behaviour = 'pass' | 'reset' | 'refuse-sends';

export interface AwsProxy {
  url: string;
  behave(service: Service, behaviour: Behaviour): void;
  close(): Promise<void>;
}

/** Stands before an S3 and SQS that share an address, and lets one of them fail while the other goes on. */
export async function startAwsProxy(target: string): Promise<AwsProxy> {
  const behaviours: Record<Service, Behaviour> = { s3: 'pass', sqs: 'pass' };
  const inFlight: Record<Service, Set<Socket>> = { s3: new Set(), sqs: new Set() };
  const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const { method, headers, socket } = request;
    // The protocol of SQS names its action in a header, that of S3 has none.
    const action = String(headers['x-amz-target'] ?? '');
    const service = action === '' ? 's3' : 'sqs';
    if (behaviours[service] === 'reset') return socket.resetAndDestroy();
    if (behaviours[service] === 'refuse-sends' && action.includes('SendMessage')) {
      request.resume();
      return response.writeHead(503).end();
    }
    inFlight[service].add(socket);
    response.on('close', () => inFlight[service].delete(socket));
    const onward = http.request(new URL(request.url!, target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    response.on('close', () => onward.destroy());
    request.pipe(onward.on('error', () => response.destroy()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behave: (service, behaviour) => {
      behaviours[service] = behaviour;
      if (behaviour === 'reset') for (const socket of inFlight[service]) socket.resetAndDestroy();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

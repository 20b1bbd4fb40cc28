import { request as ask, createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testAws } from './aws.ts';

/** The S3 and SQS of the tests behind an address that can be shut. */
export async function openGate() {
  const forward = () =>
    createServer((request, response) => {
      const { method, headers } = request;
      const onward = ask(new URL(request.url!, testAws().endpointUrl), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      });
      response.on('close', () => onward.destroy());
      request.pipe(onward.on('error', () => response.destroy()));
    });
  let server: Server = forward();
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    shut: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    reopen: async () => {
      server = forward();
      await listen(port);
    },
  };
}

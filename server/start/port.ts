import { once } from 'node:events';
import net from 'node:net';
import { OperatorError } from '../operator-error.ts';

/** Finds out before minutes of work go by. @throws OperatorError */
export async function assertPortFree(host: string, port: number): Promise<void> {
  const server = net.createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw asPortError(error, host, port);
  }
  server.close();
  await once(server, 'close');
}

/** @param variable what sets the port */
export function asPortError(error: unknown, host: string, port: number, variable = 'PORT'): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new OperatorError(
        `Port ${port} on ${host} is taken by another program. Set ${variable} to a free one.`,
      );
    case 'EACCES':
      return new OperatorError(
        `Port ${port} may not be opened by this user. Set ${variable} to one above 1023.`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new OperatorError(
        `HOST=${host} is no address of this machine. Set HOST to 127.0.0.1 or 0.0.0.0.`,
      );
    default:
      return error;
  }
}

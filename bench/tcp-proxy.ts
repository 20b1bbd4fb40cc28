import { once } from 'node:events';
import net from 'node:net';

/** pass: as if it were not there. silent: nothing arrives any more, nobody is told. reset: every connection is cut. */
type Behaviour = 'pass' | 'silent' | 'reset';

export interface TcpProxy {
  port: number;
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

interface Pair {
  client: net.Socket;
  server: net.Socket;
}

/** Stands between two processes on this machine, to be what networks sometimes are. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  let behaviour: Behaviour = 'pass';

  const listener = net.createServer((client) => {
    const server = net.connect({ port: targetPort, host: '127.0.0.1' });
    const pair = { client, server };
    pairs.add(pair);
    for (const socket of [client, server]) {
      socket.on('error', () => {});
      socket.once('close', () => {
        if (client.destroyed && server.destroyed) pairs.delete(pair);
        else if (behaviour === 'pass') for (const other of [client, server]) other.destroy();
      });
    }
    client.pipe(server);
    server.pipe(client);
    apply(pair);
  });

  const apply = ({ client, server }: Pair) => {
    if (behaviour === 'reset') for (const socket of [client, server]) socket.resetAndDestroy();
    if (behaviour === 'silent') {
      client.unpipe(server).pause();
      server.unpipe(client).pause();
    }
  };

  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as net.AddressInfo).port,
    behave: (next) => {
      const wasSilent = behaviour === 'silent';
      behaviour = next;
      for (const pair of pairs) {
        // What was lost on the way is not delivered late: whoever waited for it has given up or finds the line dead.
        if (wasSilent && next === 'pass') for (const socket of [pair.client, pair.server]) socket.destroy();
        else apply(pair);
      }
    },
    close: async () => {
      for (const { client, server } of pairs) for (const socket of [client, server]) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

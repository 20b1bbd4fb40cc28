import net from 'node:net';

export const SILENCE_LIMIT_MS = 20_000;

/**
 * Makes the sockets of connections to PostgreSQL: one on which nothing comes or goes for a while is cut. Where a
 * network drops packets without a word, a query would otherwise wait for a quarter of an hour and hold its connection.
 */
export function openDatabaseSocket(silenceLimitMs = SILENCE_LIMIT_MS): net.Socket {
  const socket = new net.Socket();
  socket.setTimeout(silenceLimitMs, () => {
    socket.destroy(Object.assign(new Error('The database has gone silent'), { code: 'ETIMEDOUT' }));
  });
  return socket;
}

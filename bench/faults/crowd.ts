import net from 'node:net';
import type { RunningSystem } from '../running-system.ts';

const PATIENCE_MS = 20_000;

/** So many clients, who come at the same time and stay until all have been answered. @returns how often each status */
export async function crowd(system: RunningSystem, clients: number): Promise<Map<number, number>> {
  const { port } = new URL(system.origin);
  const token = system.users.annotator.token;
  const request = `GET /api/v1/patients HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\n\r\n`;
  const sockets: net.Socket[] = [];
  const statuses = await Promise.all(
    Array.from({ length: clients }, () => {
      const socket = net.connect({ port: Number(port), host: '127.0.0.1' });
      sockets.push(socket);
      return statusOf(socket, request);
    }),
  );
  for (const socket of sockets) socket.destroy();
  const counted = new Map<number, number>();
  for (const status of statuses) counted.set(status, (counted.get(status) ?? 0) + 1);
  return counted;
}

/** @returns 0 when the connection ends without an answer */
function statusOf(socket: net.Socket, request: string): Promise<number> {
  return new Promise((resolve) => {
    const tooLate = setTimeout(() => resolve(0), PATIENCE_MS);
    const settle = (status: number) => {
      clearTimeout(tooLate);
      resolve(status);
    };
    socket.on('error', () => settle(0)).on('close', () => settle(0));
    socket.once('data', (data) => settle(Number(/^HTTP\/1.1 (\d{3})/.exec(String(data))?.[1] ?? 0)));
    socket.write(request);
  });
}

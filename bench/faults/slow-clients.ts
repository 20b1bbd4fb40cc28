import { spawn, spawnSync } from 'node:child_process';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '../running-system.ts';
import { connected } from './database-restarts.ts';
import { type Fault, oneOf } from './fault.ts';
import { settleAndCheck } from './invariants.ts';
import { openLedger, uploadOnce } from './ledger.ts';

const CONNECTIONS = 500;
const ATTACK_S = 20;
const OTHERS_WITHIN_MS = 1000;
/** Headers that never end, bodies that never end, answers read byte by byte: as slowhttptest calls them. */
const KINDS = ['-H', '-B', '-X'];

export const slowClients: Fault = {
  name: 'slow-clients',
  row: 'slow clients (slowhttptest, or sockets of our own)',
  rounds: 5,
  run: async (trial) => {
    const system = await trial.start();
    system.startWorker();
    const ledger = openLedger();
    await connected(system);
    const installed = !spawnSync('slowhttptest', ['-h']).error;
    trial.note(installed ? 'by slowhttptest' : 'by sockets of our own: slowhttptest is not installed');
    await trial.each(async () => {
      const withoutMs = await slowestOf(system);
      const kind = oneOf(KINDS, trial.random);
      const attack = installed ? slowhttptest(system, kind) : slowSockets(system);
      const slowestMs = await slowestOf(system);
      await uploadOnce(system, ledger);
      attack.stop();
      trial.note(
        `${installed ? kind : 'headers'}: others waited at most ${slowestMs} ms, before it ${withoutMs} ms`,
      );
      trial.expect(
        slowestMs < OTHERS_WITHIN_MS,
        `somebody else waited ${slowestMs} ms (${withoutMs} ms without slow clients)`,
      );
      await settleAndCheck(trial, system, ledger);
    });
  },
};

/** The longest that somebody waits who asks ten times a second. */
async function slowestOf(system: RunningSystem): Promise<number> {
  let slowestMs = 0;
  const until = Date.now() + ATTACK_S * 1000;
  while (Date.now() < until) {
    const startedAt = performance.now();
    await connected(system);
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
    await delay(100);
  }
  return Math.round(slowestMs);
}

function slowhttptest({ origin }: RunningSystem, kind: string): { stop(): void } {
  const args = [kind, '-c', String(CONNECTIONS), '-r', '100', '-i', '1', '-l', String(ATTACK_S + 5)];
  const child = spawn('slowhttptest', [...args, '-u', `${origin}/api/v1/login`], { stdio: 'ignore' });
  return { stop: () => child.kill('SIGKILL') };
}

function slowSockets({ origin }: RunningSystem): { stop(): void } {
  const { port } = new URL(origin);
  const sockets = Array.from({ length: CONNECTIONS }, () => {
    const socket = net.connect({ port: Number(port), host: '127.0.0.1' });
    socket.on('error', () => {});
    socket.write('POST /api/v1/login HTTP/1.1\r\nhost: localhost\r\n');
    return socket;
  });
  const dripping = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write('x-slow: 1\r\n');
  }, 1000);
  return {
    stop: () => {
      clearInterval(dripping);
      for (const socket of sockets) socket.destroy();
    },
  };
}

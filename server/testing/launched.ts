import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const PATIENCE_MS = 150_000;

/** BALscope started as people start it: a process of its own, watched from outside. */
export interface Launched {
  child: ChildProcess;
  pid: number;
  /** What it has printed so far. */
  output(): string;
  /** Waits until it prints something that matches. */
  prints(pattern: RegExp): Promise<void>;
  /** Waits for its end. @returns the exit code, null after a signal */
  ended: Promise<number | null>;
}

/** @param cwd the project's folder unless told */
export function launch(args: string[], env: NodeJS.ProcessEnv, cwd = ROOT): Launched {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    pid: child.pid!,
    output: () => output,
    prints: (pattern) =>
      eventually(() => {
        if (pattern.test(output)) return true;
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`It ended without printing ${pattern}:\n${output}`);
        }
        return false;
      }),
    ended,
  };
}

export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Not within ${PATIENCE_MS} ms: ${holds}`);
    await delay(50);
  }
}

/** Whether the process still runs; a zombie does not. Linux only. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Children of a process. Linux only. */
export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

/** A server that keeps a port from others. */
export async function occupyPort(): Promise<{ port: number; release: () => void }> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as net.AddressInfo).port, release: () => server.close() };
}

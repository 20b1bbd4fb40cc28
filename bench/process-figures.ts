import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_S = 100; // USER_HZ, the same on every Linux that Node runs on
const SAMPLE_EVERY_MS = 200;
const PAGE_KIB = 4;

/** The role whose children are no job processes. */
export const POSTGRES = 'PostgreSQL';

/** Ids of processes by the role they play. */
export type Roots = Record<string, number[]>;

interface ProcessEntry {
  pid: number;
  parent: number;
  /** Its own and that of children that have ended, s. */
  cpuS: number;
  residentMib: number;
}

/** Processor time that processes of each role have used so far, s; children that have ended included. Linux only. */
export function cpuSecondsByRole(roots: Roots): Record<string, number> {
  return sumByRole(roots, ({ cpuS }) => cpuS);
}

/**
 * Watches resident memory. Pages that processes
 * share, as PostgreSQL's do, are counted in each. Linux only.
 */
export function watchMemory(roots: () => Roots): { stop(): Record<string, number> } {
  const peakMib: Record<string, number> = {};
  const look = () => {
    const now = memoryByRole(roots());
    for (const [role, mib] of Object.entries(now)) peakMib[role] = Math.max(peakMib[role] ?? 0, mib);
  };
  look();
  const timer = setInterval(look, SAMPLE_EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return peakMib;
    },
  };
}

function memoryByRole(roots: Roots): Record<string, number> {
  const byRole = sumByRole(roots, ({ residentMib }) => residentMib);
  return { ...byRole, all: Object.values(byRole).reduce((total, mib) => total + mib, 0) };
}

/** Job processes, children of Node's processes, count apart from those that started them. */
function sumByRole(roots: Roots, figure: (entry: ProcessEntry) => number): Record<string, number> {
  const entries = readProcesses();
  const sum = (pids: number[]) =>
    pids.reduce((total, pid) => total + (entries.has(pid) ? figure(entries.get(pid)!) : 0), 0);
  return Object.fromEntries(
    Object.entries(roots).flatMap(([role, pids]): [string, number][] => {
      const all = pids.flatMap((pid) => treeOf(pid, entries));
      if (role === POSTGRES) return [[role, sum(all)]];
      const below = all.filter((pid) => !pids.includes(pid));
      return [
        [role, sum(pids)],
        [`job processes of ${role}`, sum(below)],
      ];
    }),
  );
}

function treeOf(root: number, entries: ReadonlyMap<number, ProcessEntry>): number[] {
  const found = [root];
  for (const above of found) {
    for (const { pid, parent } of entries.values()) if (parent === above) found.push(pid);
  }
  return found;
}

function readProcesses(): Map<number, ProcessEntry> {
  const entries = new Map<number, ProcessEntry>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const entry = readProcess(Number(name));
    if (entry) entries.set(entry.pid, entry);
  }
  return entries;
}

function readProcess(pid: number): ProcessEntry | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields 3 and on of proc(5); the second, a name in brackets, may hold spaces.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, value) => sum + Number(value), 0);
    return {
      pid,
      parent: Number(fields[1]),
      cpuS: ticks / TICKS_PER_S,
      residentMib: (Number(fields[21]) * PAGE_KIB) / 1024,
    };
  } catch {
    return undefined; // ended meanwhile
  }
}

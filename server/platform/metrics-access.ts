import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** A proxy on this machine hands on what others ask. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/** Whoever knows the token; where none is set, this machine alone. */
export function mayReadMetrics(
  request: { address: string | undefined; headers: IncomingHttpHeaders },
  token: string | undefined,
): boolean {
  const { address, headers } = request;
  if (token !== undefined) return isSame(headers.authorization ?? '', `Bearer ${token}`);
  if (address === undefined || FORWARDED.some((name) => headers[name] !== undefined)) return false;
  return loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function isSame(given: string, expected: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}

import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

export interface Address {
  address: string;
  family: 4 | 6;
}

/** Where no service of an operator lives, but a cloud's credentials or everybody at once do. */
const NEVER: readonly [string, number, 'ipv4' | 'ipv6'][] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'], // link-local; metadata of AWS, Azure, Google
  ['100.100.100.200', 32, 'ipv4'], // metadata of Alibaba Cloud
  ['192.0.0.192', 32, 'ipv4'], // metadata of Oracle Cloud
  ['168.63.129.16', 32, 'ipv4'], // Azure's host agent
  ['224.0.0.0', 4, 'ipv4'], // multicast
  ['240.0.0.0', 4, 'ipv4'], // reserved, broadcast
  ['::', 128, 'ipv6'],
  ['fe80::', 10, 'ipv6'], // link-local
  ['fd00:ec2::254', 128, 'ipv6'], // metadata of AWS
  ['fd20:ce::254', 128, 'ipv6'], // metadata of Google
  ['64:ff9b::a9fe:0', 112, 'ipv6'], // 169.254.0.0/16 behind NAT64
  ['ff00::', 8, 'ipv6'], // multicast
];

const forbidden = blockList(NEVER);
const loopback = blockList([
  ['127.0.0.0', 8, 'ipv4'],
  ['::1', 128, 'ipv6'],
]);

/** Whether our own requests may never go to this address (an IPv4 or IPv6 literal). */
export function isForbiddenAddress(address: string): boolean {
  return forbidden.check(address, familyOf(address));
}

export function isLoopbackAddress(address: string): boolean {
  return loopback.check(address, familyOf(address));
}

/**
 * Every address of a host, looked up once.
 * @param host as `URL.hostname` has it
 * @throws Error of the lookup
 */
export async function addressesOf(host: string): Promise<Address[]> {
  const literal = host.replace(/^\[|\]$/g, '');
  const family = isIP(literal);
  if (family !== 0) return [{ address: literal, family: family as 4 | 6 }];
  return (await lookup(host, { all: true })) as Address[];
}

function blockList(subnets: readonly [string, number, 'ipv4' | 'ipv6'][]): BlockList {
  const list = new BlockList();
  for (const [network, prefix, family] of subnets) list.addSubnet(network, prefix, family);
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

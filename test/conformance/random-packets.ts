// Random packets aimed at a rule set: their addresses, ports and interfaces are those that its text names, or near one.
import { parseIpv4, parseIpv6 } from '../../src/core/datatype/address.ts';
import { prefixRange } from '../../src/core/datatype/range.ts';
import {
  notFragmented,
  type Packet,
  protocolNumber,
  type Transport,
  tcpFlag,
} from '../../src/core/packet/packet.ts';
import { knownSize } from '../../src/core/packet/size.ts';

/** A source of numbers in [0, 1) that gives the same ones for the same seed. */
export type Random = () => number;

/** Mulberry32 of Tommy Ettinger, who gave it to the public. */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What the values of packets are chosen from. */
export interface Targets {
  readonly family: 4 | 6;
  readonly addresses: readonly bigint[];
  readonly ports: readonly number[];
  readonly interfaces: readonly string[];
}

/** What rules name, in the text of iptables-save or nft; some more of each, which no rule names. */
export function targetsOf(text: string, family: 4 | 6): Targets {
  const words = text.match(/[0-9A-Fa-f:.]*[.:][0-9A-Fa-f:.]*(?:\/\d+)?/g) ?? [];
  const strange = family === 4 ? '198.51.100.77' : '2001:db8:77::77';
  const addresses = [strange, ...words].flatMap((word) => addressesNear(word, family));
  const numbers = [...text.matchAll(/ports?\s+(?:!=\s+)?\{?\s*([\d,:\s-]+)/g)].flatMap(([, list = '']) =>
    (list.match(/\d+/g) ?? []).map(Number),
  );
  const ports = [22, 40_000, ...numbers.flatMap((one) => [one - 1, one, one, one + 1])];
  const named = / -[io] ([\w.-]+)|[io]if(?:name)? (?:!= )?"([\w.-]+)"|"([\w.-]+)" :/g;
  const names = [...text.matchAll(named)].map(([, ...found]) => found.find((name) => name !== undefined));
  return {
    family,
    addresses: [...new Set(addresses)],
    ports: ports.filter((port) => port >= 0 && port < 2 ** 16),
    interfaces: [...new Set(['other0', ...names.filter((name) => name !== undefined)])],
  };
}

/** The first and last address of a prefix and those next to them. */
function addressesNear(text: string, family: 4 | 6): readonly bigint[] {
  const [address = '', length] = text.split('/');
  const width = family === 4 ? 32 : 128;
  const value = family === 4 ? parseIpv4(address) : parseIpv6(address);
  const bits = length === undefined ? width : Number(length);
  if (value === undefined || bits > width) return [];
  const { lo, hi } = prefixRange(value, bits, width);
  return [lo - 1n, lo, hi, hi + 1n, value].filter((one) => one >= 0n && one < 1n << BigInt(width));
}

/** One of a list. */
function pick<T>(random: Random, list: readonly [T, ...T[]] | readonly T[]): T {
  const chosen = list[Math.floor(random() * list.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
}

/** A packet without any history: the first of its connection. */
export function randomPacket(random: Random, targets: Targets): Packet {
  const { family, addresses } = targets;
  const [protocol, transport] = randomTransport(random, targets);
  const packet = {
    family,
    source: pick(random, addresses),
    destination: pick(random, addresses),
    ttl: 64,
    dscp: 0,
    protocol,
    fragment: notFragmented,
    transport,
  };
  return { ...packet, length: knownSize(packet) };
}

function randomTransport(random: Random, { family, ports }: Targets): readonly [number, Transport] {
  const [sport, dport] = [pick(random, [40_000, pick(random, ports)]), pick(random, ports)];
  const kind = pick(random, ['tcp', 'tcp', 'tcp', 'udp', 'udp', 'icmp', 'other'] as const);
  switch (kind) {
    case 'tcp':
      return [protocolNumber.tcp, { kind, sport, dport, flags: tcpFlag.syn, seq: 0, ack: 0, window: 1024 }];
    case 'udp':
      return [protocolNumber.udp, { kind, sport, dport }];
    case 'icmp': {
      const type = family === 4 ? 8 : 128;
      const protocol = family === 4 ? protocolNumber.icmp : protocolNumber.icmpv6;
      return [protocol, { kind, type, code: 0, id: 1, sequence: 1 }];
    }
    case 'other':
      return [pick(random, [protocolNumber.gre, protocolNumber.esp, 253]), { kind: 'opaque' }];
  }
}

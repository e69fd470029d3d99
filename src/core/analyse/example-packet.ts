// An example for a set of packets: one that people expect to see, written down as a packet that can be traced.
import type { Node } from '../bdd/bdd.ts';
import { ctState } from '../field/ct.ts';
import type { Field } from '../field/define.ts';
import {
  inputInterface,
  metaMark,
  metaPkttype,
  metaSkgid,
  metaSkuid,
  outputInterface,
} from '../field/meta.ts';
import {
  codePoint,
  congestion,
  destinationAddress,
  dontFragment,
  firstExtension,
  fragmentOffset,
  hopLimit,
  moreFragments,
  networkVersion,
  packetLength,
  sourceAddress,
  transportNext,
  transportProtocol,
  transportStart,
} from '../field/parts.ts';
import { tcpFlagBits } from '../field/transport.ts';
import { type Injection, type Packet, protocolNumber, type Transport, tcpFlag } from '../packet/packet.ts';
import { knownSize } from '../packet/size.ts';
import { mostPlausible, type PacketPlace } from './plausible.ts';
import type { Space } from './space.ts';

/** One packet of the set, as it enters the host; nothing where no packet of IP is in it. */
export function packetIn(space: Space, node: Node, place: PacketPlace): Injection | undefined {
  const possible = space.bdd.and(node, space.valid());
  if (possible === 0) return undefined;
  const plausible = mostPlausible(space, possible, place);
  const assignment = space.bdd.pick(space.bdd.and(plausible, space.valid()) || possible);
  if (!assignment) return undefined;
  const read: Reading = (field) => space.valueOf(field, assignment);
  const version = read(networkVersion);
  return version === 4n || version === 6n ? injectionOf(read, place) : undefined;
}

/** The value that was chosen for a field; nothing where rules ask nothing of it. */
type Reading = (field: Field) => bigint | string | undefined;

function numberAt(read: Reading, field: Field, otherwise = 0): number {
  const value = read(field);
  return typeof value === 'bigint' ? Number(value) : otherwise;
}

function injectionOf(read: Reading, { direction, host }: PacketPlace): Injection {
  const packet = packetOf(read);
  const [iif, oif] = [inputInterface, outputInterface].map((field) => `${read(field) ?? ''}`);
  const pkttype =
    (['host', 'broadcast', 'multicast', 'other'] as const)[numberAt(read, metaPkttype)] ?? 'host';
  const [mark, state] = [numberAt(read, metaMark), stateOf(read)];
  const common = { packet, ...(mark !== 0 && { mark }), ...(state && { state }) };
  if (direction === 'in') {
    const onward = oif ? { oif } : { local: true };
    return {
      ...common,
      direction,
      ...(iif && { iif }),
      ...(!host && onward),
      ...(pkttype !== 'host' && { pkttype }),
    };
  }
  return { ...common, direction, ...(oif && { oif }), ...owners(read) };
}

function owners(read: Reading): Pick<Injection, 'skuid' | 'skgid'> {
  const [skuid, skgid] = [read(metaSkuid), read(metaSkgid)];
  return {
    ...(skuid !== undefined && { skuid: Number(skuid) }),
    ...(skgid !== undefined && { skgid: Number(skgid) }),
  };
}

/** Conntrack finds by itself that a packet is the first of its connection. */
function stateOf(read: Reading): Injection['state'] {
  const value = read(ctState);
  const names = ['established', 'related', 'invalid', 'untracked'] as const;
  return names.find((one) => ctState.type.constants?.get(one) === value);
}

function packetOf(read: Reading): Packet {
  const family = read(networkVersion) === 6n ? 6 : 4;
  const address = (field: Field) => {
    const value = read(field);
    const bits = typeof value === 'bigint' ? value : 0n;
    return family === 4 ? bits >> 96n : bits;
  };
  const offset = numberAt(read, fragmentOffset);
  const protocol = numberAt(read, transportProtocol, protocolNumber.tcp);
  const ecn = read(congestion);
  const extension = read(firstExtension);
  const packet: Packet = {
    family,
    source: address(sourceAddress),
    destination: address(destinationAddress),
    protocol,
    ttl: numberAt(read, hopLimit, 64),
    dscp: numberAt(read, codePoint),
    length: 0,
    fragment: {
      offset,
      more: read(moreFragments) === 1n,
      dontFragment: read(dontFragment) === 1n,
    },
    transport: offset > 0 ? { kind: 'opaque' } : transportOf(read, protocol),
    ...(typeof ecn === 'bigint' && ecn !== 0n && { ecn: Number(ecn) }),
    ...(typeof extension === 'bigint' && { nextHeader: Number(extension) }),
  };
  return { ...packet, length: numberAt(read, packetLength, knownSize(packet)) };
}

function transportOf(read: Reading, protocol: number): Transport {
  const [start, next] = [numberAt(read, transportStart), numberAt(read, transportNext)];
  const ports = { sport: start, dport: next };
  switch (protocol) {
    case protocolNumber.tcp:
      return { kind: 'tcp', ...ports, flags: numberAt(read, tcpFlagBits, tcpFlag.syn), ...unsaid };
    case protocolNumber.udp:
    case protocolNumber.udplite:
      return { kind: 'udp', ...ports };
    case protocolNumber.icmp:
    case protocolNumber.icmpv6:
      return { kind: 'icmp', type: start >> 8, code: start & 0xff, id: 1, sequence: 1 };
    default:
      return { kind: 'opaque' };
  }
}

const unsaid = { seq: 0, ack: 0, window: 65_535 };

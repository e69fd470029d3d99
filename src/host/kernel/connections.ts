// The kernel's table of connections over netlink: include/uapi/linux/netfilter/nfnetlink_conntrack.h.
import { type TcpState, tcpStates } from '../../core/conntrack/protocol-states.ts';
import { sameTuple, type Tuple, type TupleLayer4, tupleKey } from '../../core/conntrack/tuple.ts';
import { protocolNumber } from '../../core/packet/packet.ts';
import { openNetlink, receivedMessages } from './libc.ts';
import {
  type Attributes,
  attribute as attributeOf,
  command,
  messagesOf,
  NetlinkError,
  type NetlinkMessage,
  nested,
  numberOf,
} from './netlink.ts';

/** A connection as the kernel has it. */
export interface KernelConnection {
  readonly original: Tuple;
  readonly reply: Tuple;
  /** Bits of enum ip_conntrack_status. */
  readonly status: number;
  readonly mark: number;
  /** Seconds until it is forgotten; missing for one that is not confirmed. */
  readonly timeout?: number;
  readonly tcpState?: TcpState;
  readonly zone: { readonly original: number; readonly reply: number };
}

const [getConnections, deleteConnections] = [0x0101, 0x0102];
const attribute = { original: 1, reply: 2, status: 3, protocol: 4, timeout: 7, mark: 8, zone: 18 } as const;
const tuple = { addresses: 1, protocol: 2, zone: 3 } as const;
const address = { source4: 1, destination4: 2, source6: 3, destination6: 4 } as const;
const layer4 = {
  number: 1,
  sport: 2,
  dport: 3,
  icmp: { id: 4, type: 5, code: 6 },
  icmpv6: { id: 7, type: 8, code: 9 },
} as const;

/** The connections of the caller's network namespace, as far as they began after this. */
export interface Connections {
  all(): readonly KernelConnection[];
  /** The one with this original tuple, if there is one. */
  find(original: Tuple, zone: number): KernelConnection | undefined;
  forgetAll(): void;
}

/**
 * Hears of each connection when it begins and asks for it later. To list them would take the time of a hundred packets:
 * the kernel looks through one table of all namespaces.
 */
export function watchConnections(): Connections {
  const newConnections = 1;
  const [events, socket] = [openNetlink(newConnections), openNetlink()];
  let begun: readonly KernelConnection[] = [];
  const all = () => {
    const heard = messagesOf(receivedMessages(events)).map(({ attributes }) => connectionOf(attributes));
    // One that ended and began again was heard of twice.
    const distinct = new Map(
      [...begun, ...heard].map((one) => [`${one.zone.original} ${tupleKey(one.original)}`, one]),
    );
    const known = [...distinct.values()].map(({ original, zone }) =>
      readConnection(socket, original, zone.original),
    );
    begun = known.filter((one) => one !== undefined);
    return begun;
  };
  return {
    all,
    find: (original, zone) => readConnection(socket, original, zone),
    forgetAll: () => {
      for (const { original, zone } of all()) about(socket, deleteConnections, original, zone.original);
      begun = [];
    },
  };
}

function readConnection(socket: number, original: Tuple, zone: number): KernelConnection | undefined {
  const [found] = about(socket, getConnections, original, zone).map(({ attributes }) =>
    connectionOf(attributes),
  );
  // The kernel also finds the one that has it as its other tuple.
  return found && sameTuple(found.original, original) ? found : undefined;
}

function about(socket: number, type: number, original: Tuple, zone: number): readonly NetlinkMessage[] {
  const isNested = 0x8000;
  const body = Buffer.concat([
    attributeOf(attribute.original | isNested, tupleBytes(original)),
    attributeOf(attribute.zone, uint(2, zone)),
  ]);
  try {
    return command(socket, type, body, { family: original.family === 4 ? 2 : 10 });
  } catch (error) {
    const notFound = 2;
    if (error instanceof NetlinkError && error.number === notFound) return [];
    throw error;
  }
}

function tupleBytes({ family, source, destination, protocol, layer4: key }: Tuple): Buffer {
  const isNested = 0x8000;
  const width = family === 4 ? 4 : 16;
  const [from, to] =
    family === 4 ? [address.source4, address.destination4] : [address.source6, address.destination6];
  const addresses = [attributeOf(from, uint(width, source)), attributeOf(to, uint(width, destination))];
  return Buffer.concat([
    attributeOf(tuple.addresses | isNested, Buffer.concat(addresses)),
    attributeOf(
      tuple.protocol | isNested,
      Buffer.concat([attributeOf(layer4.number, uint(1, protocol)), ...keyBytes(family, key)]),
    ),
  ]);
}

function keyBytes(family: Tuple['family'], key: TupleLayer4): readonly Buffer[] {
  switch (key.kind) {
    case 'ports':
      return portBytes(key.sport, key.dport);
    case 'gre':
      return portBytes(key.sourceKey, key.destinationKey);
    case 'icmp': {
      const { id, type, code } = family === 4 ? layer4.icmp : layer4.icmpv6;
      const bytes = [attributeOf(id, uint(2, key.id)), attributeOf(type, uint(1, key.type))];
      return [...bytes, attributeOf(code, uint(1, key.code))];
    }
    case 'none':
      return [];
  }
}

function portBytes(from: number, to: number): readonly Buffer[] {
  return [attributeOf(layer4.sport, uint(2, from)), attributeOf(layer4.dport, uint(2, to))];
}

function uint(width: number, value: number | bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * width, '0'), 'hex');
}

function connectionOf(given: Attributes): KernelConnection {
  const [original, reply] = [nested(given, attribute.original), nested(given, attribute.reply)];
  const timeout = numberOf(given.get(attribute.timeout));
  const tcpState = numberOf(nested(nested(given, attribute.protocol), 1).get(1));
  const zone = numberOf(given.get(attribute.zone));
  return {
    original: tupleOf(original),
    reply: tupleOf(reply),
    status: numberOf(given.get(attribute.status)) ?? 0,
    mark: numberOf(given.get(attribute.mark)) ?? 0,
    ...(timeout !== undefined && { timeout }),
    ...(tcpState !== undefined && { tcpState: tcpStates[tcpState] ?? 'NONE' }),
    zone: { original: zone ?? zoneOf(original), reply: zone ?? zoneOf(reply) },
  };
}

/** Where only one direction has a zone, its tuple says it. */
function zoneOf(direction: Attributes): number {
  return numberOf(direction.get(tuple.zone)) ?? 0;
}

function tupleOf(given: Attributes): Tuple {
  const addresses = nested(given, tuple.addresses);
  const protocol = nested(given, tuple.protocol);
  const isIpv4 = addresses.has(address.source4);
  const valueAt = (four: number, six: number) => wideNumber(addresses.get(isIpv4 ? four : six));
  const number = numberOf(protocol.get(layer4.number)) ?? 0;
  return {
    family: isIpv4 ? 4 : 6,
    protocol: number,
    source: valueAt(address.source4, address.source6),
    destination: valueAt(address.destination4, address.destination6),
    layer4: layer4Of(number, protocol),
  };
}

function wideNumber(bytes: Buffer | undefined): bigint {
  return bytes ? BigInt(`0x${bytes.toString('hex')}`) : 0n;
}

function layer4Of(protocol: number, given: Attributes): TupleLayer4 {
  const valueAt = (type: number) => numberOf(given.get(type)) ?? 0;
  if (protocol === protocolNumber.gre)
    return { kind: 'gre', sourceKey: valueAt(layer4.sport), destinationKey: valueAt(layer4.dport) };
  if (given.has(layer4.sport))
    return { kind: 'ports', sport: valueAt(layer4.sport), dport: valueAt(layer4.dport) };
  const icmp = [layer4.icmp, layer4.icmpv6].find(({ id }) => given.has(id));
  if (!icmp) return { kind: 'none' };
  return { kind: 'icmp', type: valueAt(icmp.type), code: valueAt(icmp.code), id: valueAt(icmp.id) };
}

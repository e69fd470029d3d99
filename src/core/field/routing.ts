// What the routing tables say of a packet: read like a field, unknown where neither the packet nor host facts tell.
import { parseIpv6 } from '../datatype/address.ts';
import {
  type FibQuestion,
  isUnknown,
  type PacketView,
  type ReverseQuestion,
  type RoutedKinds,
  type RoutedPacket,
  type RoutingFacts,
  type Unknown,
} from './view.ts';

/** RTN_ numbers that follow from an IPv4 address alone (include/uapi/linux/rtnetlink.h). */
const broadcast = 3n;
const multicast = 5n;

const noFacts: Unknown = { unknown: 'the routing tables are not known without host facts' };

type Part = 'source' | 'destination' | 'iif' | 'oif';

/** The RTN_ number of an address: `fib daddr type`. */
export function fibType(view: PacketView, question: FibQuestion): bigint | Unknown {
  const address = addressOf(view, question.side);
  if (isUnknown(address)) return address;
  const plain = view.packet.family === 4 ? plainType(address) : undefined;
  if (plain !== undefined) return plain;
  const other: readonly Part[] = view.packet.family === 6 ? ['source', 'destination'] : [];
  const asked = ask(view, [...other, ...(question.device ? [question.device] : [])]);
  return isUnknown(asked) ? asked : BigInt(asked.facts.addressType(asked.packet, question));
}

/** net/ipv4/fib_frontend.c: __inet_dev_addr_type asks no table for these. */
function plainType(address: bigint): bigint | undefined {
  if (address === 0n || address === 0xffffffffn) return broadcast;
  return address >> 28n === 0xen ? multicast : undefined;
}

/** The interface of the route to an address, empty where there is none: `fib saddr . iif oif`. */
export function fibInterface(view: PacketView, question: FibQuestion): string | Unknown {
  if (isLooped(view)) return view.iif ?? '';
  const places: readonly Part[] = view.hook === 'output' || view.hook === 'postrouting' ? [] : ['iif'];
  const out: readonly Part[] = view.hook === 'forward' ? ['oif'] : [];
  const asked = ask(view, [
    'source',
    'destination',
    ...places,
    ...out,
    ...(question.device ? [question.device] : []),
  ]);
  return isUnknown(asked) ? asked : asked.facts.outputInterface(asked.packet, question);
}

/** What `addrtype` takes an IPv6 address for, beside what its bits alone say. */
export function kindsOfIpv6(
  view: PacketView,
  side: FibQuestion['side'],
  device: FibQuestion['device'],
): RoutedKinds | Unknown {
  const address = addressOf(view, side);
  if (isUnknown(address)) return address;
  const asked = ask(view, device ? [device] : []);
  return isUnknown(asked) ? asked : asked.facts.kindsOfIpv6(address, device && asked.packet[device]);
}

/** Whether an answer would go out by the interface that the packet came in by: `rpfilter`. */
export function reversePath(view: PacketView, question: ReverseQuestion): boolean | Unknown {
  if (isLooped(view)) return true;
  const asked = ask(view, ['source', 'destination', 'iif']);
  return isUnknown(asked) ? asked : asked.facts.reversePath(asked.packet, question);
}

/**
 * The loopback interface is its own way back, and so is the interface by which a host gets its own copy (nft_fib.h:
 * nft_fib_can_skip, net/ipv4/netfilter/ipt_rpfilter.c: rpfilter_is_loopback).
 */
function isLooped(view: PacketView): boolean {
  const { hook, ownCopy } = view;
  const isReceived = hook === 'ingress' || hook === 'prerouting' || hook === 'input';
  return isReceived && (view.iif === 'lo' || ownCopy === true);
}

/** An address of the packet, as far as it is known. */
export function addressOf({ packet, unknown }: PacketView, side: FibQuestion['side']): bigint | Unknown {
  return side === 'saddr' ? (unknown.source ?? packet.source) : (unknown.destination ?? packet.destination);
}

/** Whom to ask about what; unknown if one of the parts that the answer needs is. */
function ask(
  view: PacketView,
  needed: readonly Part[],
): { readonly facts: RoutingFacts; readonly packet: RoutedPacket } | Unknown {
  const { routing } = view;
  if (!routing) return noFacts;
  const missing = needed.map((part) => stated(view, part)).find(isUnknown);
  return missing ?? { facts: routing, packet: routedPacket(view) };
}

function stated(view: PacketView, part: Part): string | undefined | Unknown {
  return part === 'iif' || part === 'oif' ? view[part] : view.unknown[part];
}

/** Its parts are read when they are asked for, so that it can be told which ones an answer depends on. */
function routedPacket(view: PacketView): RoutedPacket {
  const { packet, hook } = view;
  const device = (side: 'iif' | 'oif') => {
    const name = view[side];
    return isUnknown(name) ? undefined : name;
  };
  return {
    family: packet.family,
    hook,
    get source() {
      return packet.source;
    },
    get destination() {
      return packet.destination;
    },
    get mark() {
      return view.mark;
    },
    get tos() {
      return packet.dscp << 2;
    },
    get protocol() {
      return packet.protocol;
    },
    get iif() {
      return device('iif');
    },
    get oif() {
      return device('oif');
    },
    get isIcmpv6() {
      return packet.protocol === 58;
    },
  };
}

const mapped = (parseIpv6('::ffff:0:0') ?? 0n) >> 32n;

/** Which of `multicast`, `unicast` and `unspec` an IPv6 address is (net/ipv6/addrconf_core.c: __ipv6_addr_type). */
export function plainKindOfIpv6(address: bigint): 'multicast' | 'unicast' | 'unspec' | undefined {
  if (address >> 120n === 0xffn) return 'multicast';
  if (address === 0n) return 'unspec';
  return address >> 32n === mapped ? undefined : 'unicast';
}

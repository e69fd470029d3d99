// Rules that stop the question for an address or the answer to it: ARP passes arp and bridge tables, neighbour discovery is
// ICMPv6 like any other to tables of IPv6.
import type { Address } from '../datatype/address.ts';
import type { Place } from '../device/frame.ts';
import type { Family } from '../ir/ruleset.ts';
import { framePacket } from '../packet/frame.ts';
import {
  type Injection,
  type LinkHeader,
  notFragmented,
  type Packet,
  protocolNumber,
} from '../packet/packet.ts';
import type { Host, Interface, Route } from '../topology/host.ts';
import { hasAddress, interfaceNamed } from '../topology/inventory.ts';
import { kernelRoutes } from '../topology/kernel-routes.ts';
import { isLinkLocal6, linkLocalOf } from '../topology/prefix.ts';
import { decidingText } from '../trace/deciding-text.ts';
import { trace } from '../trace/trace.ts';
import type { Arrival } from './carry.ts';
import type { Surroundings } from './neighbour.ts';
import type { NetworkHost } from './network.ts';

/** A question that was carried to a station, and its answer back. */
export interface Exchange {
  readonly by: Place;
  readonly asked: Arrival;
  readonly back: Arrival;
  readonly target: Address;
  readonly sender: bigint;
  /** The Ethernet addresses of who asks and of who answers. */
  readonly source: bigint;
  readonly mac: bigint;
}

/** The rule that stops one of the two, in words; else what had to be assumed of rules that may or may not. */
export function rulesStop({ placeOf }: Surroundings, exchange: Exchange): string | readonly string[] {
  const { by, asked, back } = exchange;
  const question = questionOf(exchange);
  const answer = answerOf(exchange);
  const assumptions: string[] = [];
  for (const [packet, from, { at, path }] of [
    [question, by, asked],
    [answer, asked.at, back],
  ] as const) {
    const meets: readonly (readonly [Place, Injection])[] = [
      [from, { packet, direction: 'out', oif: from.device }],
      ...transits(path, placeOf).map(
        ([port, onward]) =>
          [port, { packet, direction: 'in', iif: port.device, oif: onward.device }] as const,
      ),
      [at, { packet, direction: 'in', iif: at.device }],
    ];
    for (const [place, injection] of meets) {
      const host = placeOf(place.host);
      const stopped = host && stops(host, injection);
      if (stopped?.kind === 'stopped') return `${place.host} drops ${nameOf(packet)} by ${stopped.why}`;
      if (stopped) assumptions.push(`${place.host}: its rules let ${nameOf(packet)} pass`);
    }
  }
  return assumptions;
}

/** Bridges of other hosts on the way: the port that a frame comes in by, and the one it leaves by. */
function transits(
  path: readonly Place[],
  placeOf: Surroundings['placeOf'],
): readonly (readonly [Place, Place])[] {
  const masterOf = ({ host, device }: Place): string | undefined => {
    const owner = placeOf(host)?.host;
    return owner && interfaceNamed(owner, device)?.master;
  };
  return path.flatMap((place, at) => {
    const next = path[at + 1];
    const before = path[at - 1];
    const isBridged = next?.host === place.host && before?.host !== place.host && at > 0;
    return isBridged && masterOf(place) !== undefined && masterOf(place) === masterOf(next)
      ? [[place, next] as const]
      : [];
  });
}

/** Tables that may see a question: in IPv6 it is a packet like others. */
const seenBy: Readonly<Record<Address['family'], readonly Family[]>> = {
  4: ['arp', 'bridge', 'netdev'],
  6: ['ip6', 'inet', 'bridge', 'netdev'],
};

type Stopped = { readonly kind: 'stopped'; readonly why: string } | { readonly kind: 'depends' };

function stops({ host, ruleSet }: NetworkHost, injection: Injection): Stopped | undefined {
  const { frame, family } = injection.packet;
  const families = seenBy[frame ? 4 : family];
  if (!ruleSet.tables.some((table) => families.includes(table.family))) return undefined;
  const { verdict, ways } = trace({ ruleSet, host: withLinkLocal(host, injection), injection });
  if (verdict === 'accept') return undefined;
  const refusing = ways.find((way) => way.verdict !== 'accept');
  if (verdict === 'depends' && ways.some((way) => way.verdict === 'accept')) return { kind: 'depends' };
  const { deciding, reason } = refusing ?? ways[0];
  return { kind: 'stopped', why: deciding ? decidingText(deciding) : `the stack: ${reason ?? verdict}` };
}

/** The host with the address of the link that each interface of IPv6 gives itself, where an advertisement needs it. */
function withLinkLocal(host: Host, { direction, iif, oif, packet }: Injection): Host {
  const device = direction === 'in' ? iif : oif;
  const one = device === undefined ? undefined : interfaceNamed(host, device);
  if (!one || packet.family === 4 || !isLinkLocal6(packet.destination)) return host;
  const value = direction === 'in' ? packet.destination : linkLocalOf(one.mac ?? 0n);
  if (hasAddress(host, { family: 6, value })) return host;
  const address = {
    address: { family: 6, value },
    prefixLength: 64,
    secondary: false,
    scope: 'link',
  } as const;
  const alone = { ...one, addresses: [address] };
  const given = { ...one, addresses: [...one.addresses, address] };
  return {
    ...host,
    interfaces: host.interfaces.map((other) => (other === one ? given : other)),
    routes: [...host.routes, ...routesFor(host, alone)],
  };
}

function routesFor(host: Host, alone: Interface): readonly Route[] {
  const interfaces = host.interfaces.map((other) => (other.name === alone.name ? alone : other));
  return kernelRoutes({ ...host, interfaces }).filter(({ device }) => device === alone.name);
}

function nameOf({ frame, transport }: Packet): string {
  if (frame?.kind === 'arp') return frame.operation === 1 ? 'the ARP request' : 'the ARP reply';
  return transport.kind === 'icmp' && transport.type === solicitation
    ? 'the neighbour solicitation'
    : 'the neighbour advertisement';
}

function questionOf({ target, sender, source }: Exchange): Packet {
  if (target.family === 6) {
    const group = solicitedGroup(target.value);
    const link = { source, destination: 0x3333_0000_0000n | (group & 0xffff_ffffn) };
    return discovery(solicitation, sender, group, link);
  }
  const link = { source, destination: 0xffff_ffff_ffffn };
  return framePacket(
    { kind: 'arp', operation: 1, sender, target: target.value, senderMac: source },
    { link },
  );
}

function answerOf({ target, sender, source, mac }: Exchange): Packet {
  const link = { source: mac, destination: source };
  if (target.family === 6) return discovery(advertisement, target.value, sender, link);
  const said = { sender: target.value, target: sender, senderMac: mac, targetMac: source };
  return framePacket({ kind: 'arp', operation: 2, ...said }, { link });
}

/** RFC 4861 4.3, 4.4. */
const [solicitation, advertisement] = [135, 136];

/** RFC 4291 2.7.1. */
function solicitedGroup(address: bigint): bigint {
  return (0xff02n << 112n) | (1n << 32n) | 0xff00_0000n | (address & 0xff_ffffn);
}

/** With the address that it is about and one option with an Ethernet address. */
function discovery(type: number, source: bigint, destination: bigint, link: LinkHeader): Packet {
  return {
    family: 6,
    source,
    destination,
    protocol: protocolNumber.icmpv6,
    ttl: 255,
    dscp: 0,
    length: 72,
    fragment: notFragmented,
    transport: { kind: 'icmp', type, code: 0, id: 0, sequence: 0 },
    link,
  };
}

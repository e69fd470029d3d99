// Whether two addresses of a network can talk: a probe travels there, and its answer back.
import type { Address, AddressFamily } from '../datatype/address.ts';
import { formatAddress } from '../datatype/address.ts';
import { type Injection, notFragmented, type Packet, protocolNumber, tcpFlag } from '../packet/packet.ts';
import { knownSize } from '../packet/size.ts';
import { explainSource } from '../topology/explain-source.ts';
import type { Host } from '../topology/host.ts';
import { addressesOf, interfaceWith } from '../topology/inventory.ts';
import { lookupRoute } from '../topology/lookup.ts';
import { sysctlNumber } from '../topology/sysctl.ts';
import { vrfOfInput, vrfsWith } from '../topology/vrf.ts';
import { type Journey, type JourneyEnd, journeys, type NetworkState, type Travel } from './journey.ts';
import { keyOf } from './wiring.ts';

/** What is sent to find out. */
export type Probe =
  | { readonly kind: 'ping' }
  | { readonly kind: 'tcp' | 'udp'; readonly port: number; readonly sourcePort?: number };

/** One address of a host of the network. */
export interface Station {
  readonly host: string;
  readonly address: Address;
}

/** Whether they can talk. */
export interface Reach {
  readonly from: Station;
  readonly to: Address;
  /** The host whose address is meant, where one was named: others may have the same one. */
  readonly goal?: string;
  readonly verdict: 'yes' | 'no' | 'depends';
  /** Every way that the probe may go, with its answers; none where it can't even be sent. */
  readonly journeys: readonly Journey[];
  /** Where it ends that they can't, and why; of the first way that fails. */
  readonly failure?: Failure;
}

/** Where a probe or its answer got lost. */
export interface Failure {
  readonly direction: 'there' | 'back';
  readonly host: string;
  readonly device?: string;
  readonly why: string;
}

/**
 * Asks by a probe from one address to another. `from` without an address takes the one that its host would choose. Where a
 * station is asked for, no other host counts that has its address, too; one that it is translated for does.
 */
export function reach(
  travel: Travel,
  from: { readonly host: string; readonly address?: Address },
  target: Address | Station,
  probe: Probe,
  state?: NetworkState,
): Reach {
  const host = travel.hostOf(from.host);
  const to = 'host' in target ? target.address : target;
  const goal = 'host' in target ? target.host : undefined;
  const meant = goal === undefined ? {} : { goal };
  const source = from.address ?? (host && chosenSource(host, to));
  if (!source) {
    const station = { host: from.host, address: { family: to.family, value: 0n } };
    const why =
      host && hasRoute(host, to) ? 'it has no address to send from' : `no route to ${formatAddress(to)}`;
    return {
      from: station,
      to,
      ...meant,
      verdict: 'no',
      journeys: [],
      failure: { direction: 'there', host: from.host, why },
    };
  }
  const packet = probePacket(probe, source, to);
  // Whose source was chosen for it is bound to nothing, even where it got that of a VRF.
  const injection: Injection = { packet, direction: 'out', ...(!from.address && { anySource: true }) };
  const found = journeys(travel, from.host, injection, state);
  const hasIt = (name: string): boolean => {
    const other = travel.hostOf(name);
    return other !== undefined && interfaceWith(other, to.family, to.value) !== undefined;
  };
  const failures = found.map(
    (one) => strayed(one, goal, hasIt) ?? failureOf(one, from.host) ?? unheard(travel, one, probe),
  );
  const failure = failures.find((one) => one !== undefined);
  const isSure = failures.every((one) => (one === undefined) === (failure === undefined));
  return {
    from: { host: from.host, address: source },
    to,
    ...meant,
    verdict: isSure ? (failure ? 'no' : 'yes') : 'depends',
    journeys: found,
    ...(failure && { failure }),
  };
}

function chosenSource(host: Host, destination: Address): Address | undefined {
  const { chosen } = explainSource(host, { destination });
  return chosen && { family: destination.family, value: chosen.address };
}

function hasRoute(host: Host, { family, value: destination }: Address): boolean {
  const { kind } = lookupRoute(host, { family, source: 0n, destination, mark: 0 });
  return kind === 'unicast' || kind === 'local';
}

/** The packet of a probe, as a program sends it. */
export function probePacket(probe: Probe, source: Address, destination: Address): Packet {
  const { family } = source;
  const bare: Packet = {
    family,
    source: source.value,
    destination: destination.value,
    protocol: protocolOf(probe, family),
    ttl: 64,
    dscp: 0,
    length: 0,
    fragment: notFragmented,
    transport: transportOf(probe, family),
  };
  return { ...bare, length: knownSize(bare) };
}

function protocolOf({ kind }: Probe, family: AddressFamily): number {
  if (kind !== 'ping') return protocolNumber[kind];
  return family === 4 ? protocolNumber.icmp : protocolNumber.icmpv6;
}

function transportOf(probe: Probe, family: AddressFamily): Packet['transport'] {
  if (probe.kind === 'ping')
    return { kind: 'icmp', type: family === 4 ? 8 : 128, code: 0, id: 1, sequence: 1 };
  const ports = { sport: probe.sourcePort ?? 40_000, dport: probe.port };
  if (probe.kind === 'udp') return { kind: 'udp', ...ports };
  return { kind: 'tcp', ...ports, flags: tcpFlag.syn, seq: 0, ack: 0, window: 65_535 };
}

/** Why a journey to an address of `goal` is none to it: it ended at another host with the address. */
function strayed(
  { end }: Journey,
  goal: string | undefined,
  hasIt: (host: string) => boolean,
): Failure | undefined {
  if (goal === undefined || end.kind !== 'delivered' || end.host === goal || !hasIt(end.host))
    return undefined;
  return { direction: 'there', host: end.host, why: `${end.host} has the address itself` };
}

/** Why a journey is no conversation; undefined where the probe arrives and an answer comes back that is no refusal. */
function failureOf({ end, answers, hops }: Journey, from: string): Failure | undefined {
  if (end.kind !== 'delivered') return { direction: 'there', ...whereLost(end) };
  const last = answers.at(-1);
  if (!last) return { direction: 'back', host: end.host, why: `${end.host} does not answer` };
  if (isRefusal(last.why))
    return { direction: 'there', host: end.host, why: `${end.host} refuses it: ${last.why}` };
  const { end: back } = last.journey;
  if (back.kind !== 'delivered') return { direction: 'back', ...whereLost(back) };
  if (back.host === from && isAnswered(hops[0]?.injection, last.journey)) return undefined;
  const why =
    back.host === from
      ? 'the answer has other addresses than the question'
      : `the answer ends at ${back.host}`;
  return { direction: 'back', host: back.host, why };
}

/** A program that is bound to no VRF does not hear what comes in by one (include/net/inet_sock.h: inet_sk_bound_dev_eq). */
function unheard({ hostOf }: Travel, { hops, answers }: Journey, { kind }: Probe): Failure | undefined {
  const [first, end] = [hops[0], answers.at(-1)?.journey.end];
  const host = first && hostOf(first.host);
  if (!host || kind === 'ping' || end?.kind !== 'delivered') return undefined;
  const vrf = vrfOfInput(host, end.device)?.name;
  const { packet, anySource } = first.injection;
  const bound = anySource ? [] : vrfsWith(host, { family: packet.family, value: packet.source });
  if (vrf === undefined || bound.includes(vrf)) return undefined;
  if (sysctlNumber(host, `net.ipv4.${kind}_l3mdev_accept`) !== 0) return undefined;
  const why = `the answer comes in by the VRF ${vrf}, to which the program is not bound`;
  return { direction: 'back', host: host.name, why };
}

function isRefusal(why: string): boolean {
  return why === 'reject' || why.startsWith('closed port');
}

/** Whether what came back answers what was sent: a program takes no answer from a stranger. */
function isAnswered(sent: Injection | undefined, { hops }: Journey): boolean {
  const back = hops.at(-1)?.way.packet;
  return (
    back !== undefined && sent?.packet.source === back.destination && sent.packet.destination === back.source
  );
}

function whereLost(end: Exclude<JourneyEnd, { readonly kind: 'delivered' }>): Omit<Failure, 'direction'> {
  if (end.kind === 'for-many') return { host: end.at.host, device: end.at.device, why: 'it goes to many' };
  const { host, device, why } = end;
  return { host, why, ...(device !== undefined && { device }) };
}

/** The addresses of all hosts that others may talk to, but for those of the interfaces that `without` has by their key. */
export function stationsOf(
  hosts: readonly Host[],
  family?: AddressFamily,
  without: ReadonlySet<string> = new Set(),
): readonly Station[] {
  const families = family === undefined ? ([4, 6] as const) : [family];
  return hosts.flatMap((host) =>
    families.flatMap((one) =>
      host.interfaces
        .filter(({ name }) => name !== 'lo' && !without.has(keyOf({ host: host.name, device: name })))
        .flatMap((device) => addressesOf(device, one))
        .filter(({ scope }) => scope === 'global')
        .map(({ address }) => ({ host: host.name, address })),
    ),
  );
}

/** How people call a station. */
export function stationText({ host, address }: Station): string {
  return `${host} ${formatAddress(address)}`;
}

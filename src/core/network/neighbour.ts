// Who answers for an address on a link: the question goes to all that it reaches, the answer back to who asked.
// net/ipv4/arp.c: arp_solicit, arp_process; net/ipv6/ndisc.c: ndisc_solicit, ndisc_recv_ns.
import type { Address } from '../datatype/address.ts';
import { formatAddress } from '../datatype/address.ts';
import type { Frame, Place, Wiring } from '../device/frame.ts';
import { resolvesAddresses } from '../device/registry.ts';
import { isSame } from '../device/wire.ts';
import { framePacket } from '../packet/frame.ts';
import { answersArp } from '../topology/arp.ts';
import type { Host } from '../topology/host.ts';
import { addressesOf, interfaceNamed } from '../topology/inventory.ts';
import { isMulticast } from '../topology/prefix.ts';
import { type Arrival, type Carried, carry, carryFrom, type Loss } from './carry.ts';
import { tunnelFor, wrapPacket } from './tunnelled.ts';

/** What a question for an address needs to know of the network. */
export interface Surroundings {
  readonly wiring: Wiring;
  readonly hostOf: (name: string) => Host | undefined;
  readonly hosts: readonly Host[];
}

/** The station that answers for an address, or why there is none. */
export type Neighbour =
  | { readonly kind: 'station'; readonly at: Place; readonly mac: bigint }
  /** There are no stations to find: what is sent has one other end. */
  | { readonly kind: 'other-end' }
  | { readonly kind: 'none'; readonly why: string; readonly losses: readonly Loss[] };

/** Asks by a device for the station of an address; `sender` is the address that the question comes from. */
export function findNeighbour(
  { wiring, hostOf, hosts }: Surroundings,
  by: Place,
  target: Address,
  sender: bigint,
): Neighbour {
  const device = wiring.interfaceAt(by);
  if (device && !resolvesAddresses(device)) return { kind: 'other-end' };
  const source = wiring.macOf(by);
  const surroundings = { wiring, hostOf, hosts };
  const asked = { source, destination: groupOf(target), tags: [], target };
  const { arrivals, losses } = carryThrough(surroundings, by, asked);
  let refused: string | undefined;
  for (const { at } of arrivals) {
    const host = hostOf(at.host);
    const answer = host && answers(host, at.device, target, sender);
    if (!answer?.answers) {
      if (answer && hasAddress(host, target))
        refused = `${at.host} has it and does not answer: ${answer.why}`;
      continue;
    }
    const mac = wiring.macOf(at);
    const answerTo = { family: target.family, value: sender };
    const back = carryThrough(surroundings, at, {
      source: mac,
      destination: source,
      tags: [],
      target: answerTo,
    });
    if (back.arrivals.some((one) => isSame(one.at, by))) return { kind: 'station', at, mac };
    refused ??= lostAnswer(at, by, back.arrivals);
  }
  const why = `nobody on the link of \`${by.device}\` answers for ${formatAddress(target)}`;
  return { kind: 'none', why: refused === undefined ? why : `${why}: ${refused}`, losses };
}

/** So many tunnels inside of each other. */
const deepest = 4;

/** As carry() does, also through tunnels, whose outer packets are taken to arrive. */
function carryThrough(around: Surroundings, by: Place, frame: Frame): Carried {
  let carried = carry(around.wiring, by, frame);
  let inside = carried.wrapped;
  for (let depth = 0; depth < deepest && inside.length > 0; depth++) {
    const found = inside.flatMap(({ at, path }) =>
      otherEnds(around, at, frame).map((end) => ({ end, path, more: carryFrom(around.wiring, end, frame) })),
    );
    inside = found.flatMap(({ more }) => more.wrapped);
    carried = {
      ...carried,
      arrivals: [
        ...carried.arrivals,
        ...found.flatMap(({ path, more }) =>
          more.arrivals.map((one) => ({ ...one, path: [...path, ...one.path] })),
        ),
      ],
      losses: [...carried.losses, ...found.flatMap(({ more }) => more.losses)],
    };
  }
  return carried;
}

/** The tunnels of other hosts that get what one sends. */
function otherEnds(
  { wiring, hostOf, hosts }: Surroundings,
  at: Place,
  { source, destination }: Frame,
): readonly Place[] {
  const [host, device] = [hostOf(at.host), wiring.interfaceAt(at)];
  const inner = framePacket({ kind: 'other', type: 0x0806 }, { link: { source, destination } });
  const outer = host && device ? wrapPacket(host, device, inner) : undefined;
  if (outer?.kind !== 'tunnelled') return [];
  const { family, destination: far } = outer.packet;
  return hosts.flatMap((one) => {
    const isFor = isMulticast(family, far) ? one !== host : hasAddress(one, { family, value: far });
    const end = isFor ? tunnelFor(one, outer.packet, inner) : undefined;
    return end ? [{ host: one.name, device: end.name }] : [];
  });
}

/** An answer that came in by another device of who asked, or by none. */
function lostAnswer(from: Place, to: Place, arrivals: readonly Arrival[]): string {
  const other = arrivals.find(({ at }) => at.host === to.host);
  return other
    ? `the answer of ${from.host} comes in by \`${other.at.device}\`, not by \`${to.device}\` that asked`
    : `the answer of ${from.host} does not come back`;
}

/** To everybody, or in IPv6 to those who may have the address (RFC 4291 2.7.1, RFC 2464 7). */
function groupOf({ family, value }: Address): Frame['destination'] {
  return family === 4 ? 0xffff_ffff_ffffn : 0x3333_ff00_0000n | (value & 0xff_ffffn);
}

interface AnswerToQuestion {
  readonly answers: boolean;
  readonly why: string;
}

function answers(host: Host, device: string, target: Address, sender: bigint): AnswerToQuestion {
  if (target.family === 4) {
    const asked = { kind: 'arp', operation: 1, sender, target: target.value } as const;
    return answersArp(host, asked, { device, mark: 0 });
  }
  const one = interfaceNamed(host, device);
  const isOwn =
    one !== undefined && addressesOf(one, 6).some(({ address }) => address.value === target.value);
  return { answers: isOwn, why: isOwn ? 'it has the address' : `the address is not one of \`${device}\`` };
}

function hasAddress(host: Host | undefined, { family, value }: Address): boolean {
  return (
    host?.interfaces.some((one) => addressesOf(one, family).some(({ address }) => address.value === value)) ??
    false
  );
}

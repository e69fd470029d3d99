// Who answers for an address on a link: the question goes to all that it reaches, the answer back to who asked.
// net/ipv4/arp.c: arp_solicit, arp_process; net/ipv6/ndisc.c: ndisc_solicit, ndisc_recv_ns.
import type { Address } from '../datatype/address.ts';
import { formatAddress } from '../datatype/address.ts';
import type { Frame, Place, Wiring } from '../device/frame.ts';
import { kindOf } from '../device/registry.ts';
import { isSame } from '../device/wire.ts';
import { answersArp } from '../topology/arp.ts';
import type { Host } from '../topology/host.ts';
import { addressesOf, interfaceNamed } from '../topology/inventory.ts';
import { type Arrival, carry, type Loss } from './carry.ts';

/** What a question for an address needs to know of the network. */
export interface Surroundings {
  readonly wiring: Wiring;
  readonly hostOf: (name: string) => Host | undefined;
}

/** The station that answers for an address, or why there is none. */
export type Neighbour =
  | { readonly kind: 'station'; readonly at: Place; readonly mac: bigint }
  /** There are no stations to find: what is sent has one other end. */
  | { readonly kind: 'other-end' }
  | { readonly kind: 'none'; readonly why: string; readonly losses: readonly Loss[] };

/** Asks by a device for the station of an address; `sender` is the address that the question comes from. */
export function findNeighbour(
  { wiring, hostOf }: Surroundings,
  by: Place,
  target: Address,
  sender: bigint,
): Neighbour {
  const device = wiring.interfaceAt(by);
  if (device && kindOf(device).carries === 'packets') return { kind: 'other-end' };
  const source = wiring.macOf(by);
  const { arrivals, losses } = carry(wiring, by, { source, destination: groupOf(target), tags: [] });
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
    const back = carry(wiring, at, { source: mac, destination: source, tags: [] });
    if (back.arrivals.some((one) => isSame(one.at, by))) return { kind: 'station', at, mac };
    refused ??= lostAnswer(at, by, back.arrivals);
  }
  const why = `nobody on the link of \`${by.device}\` answers for ${formatAddress(target)}`;
  return { kind: 'none', why: refused === undefined ? why : `${why}: ${refused}`, losses };
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

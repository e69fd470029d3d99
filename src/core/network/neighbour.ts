// Who answers for an address on a link: the question goes to all that it reaches, the answer back to who asked.
// net/ipv4/arp.c: arp_solicit, arp_process; net/ipv6/ndisc.c: ndisc_solicit, ndisc_recv_ns.
import type { Address } from '../datatype/address.ts';
import { formatAddress } from '../datatype/address.ts';
import type { Frame, Place, Wiring } from '../device/frame.ts';
import { resolvesAddresses } from '../device/registry.ts';
import { isSame } from '../device/wire.ts';
import { answersArp } from '../topology/arp.ts';
import type { Host } from '../topology/host.ts';
import { addressesOf, hasAddress, interfaceNamed } from '../topology/inventory.ts';
import type { Arrival, Loss } from './carry.ts';
import { rulesStop } from './neighbour-rules.ts';
import type { NetworkHost } from './network.ts';
import { carryThrough } from './through-tunnels.ts';

/** What a question for an address needs to know of the network. */
export interface Surroundings {
  readonly wiring: Wiring;
  readonly hostOf: (name: string) => Host | undefined;
  readonly hosts: readonly Host[];
  /** A host with its rules. */
  readonly placeOf: (name: string) => NetworkHost | undefined;
}

/** The station that answers for an address, or why there is none. */
export type Neighbour =
  | {
      readonly kind: 'station';
      readonly at: Place;
      readonly mac: bigint;
      readonly assumptions: readonly string[];
    }
  /** There are no stations to find: what is sent has one other end. */
  | { readonly kind: 'other-end' }
  | { readonly kind: 'none'; readonly why: string; readonly losses: readonly Loss[] };

/** Asks by a device for the station of an address; `sender` is the address that the question comes from. */
export function findNeighbour(around: Surroundings, by: Place, target: Address, sender: bigint): Neighbour {
  const { wiring } = around;
  const device = wiring.interfaceAt(by);
  if (device && !resolvesAddresses(device)) return { kind: 'other-end' };
  const source = wiring.macOf(by);
  const question = { source, destination: groupOf(target), tags: [], target };
  const { arrivals, losses } = carryThrough(around, by, question);
  let refused: string | undefined;
  for (const arrival of arrivals) {
    const answer = answerOf(around, by, arrival, target, sender);
    if (answer === 'silent') continue;
    if (typeof answer !== 'string') return { kind: 'station', at: arrival.at, ...answer };
    refused ??= answer;
  }
  const why = `nobody on the link of \`${by.device}\` answers for ${formatAddress(target)}`;
  return { kind: 'none', why: refused === undefined ? why : `${why}: ${refused}`, losses };
}

/** The station that answers where the question arrives, or why none does; `silent`: none there has the address. */
function answerOf(
  around: Surroundings,
  by: Place,
  asked: Arrival,
  target: Address,
  sender: bigint,
): { readonly mac: bigint; readonly assumptions: readonly string[] } | string {
  const { wiring, hostOf } = around;
  const { at } = asked;
  const [host, heard] = [hostOf(at.host), wiring.interfaceAt(at)];
  if (!host || !heard || !resolvesAddresses(heard)) return 'silent';
  const { answers, why } = mayAnswer(host, at.device, target, sender);
  if (!answers) return hasAddress(host, target) ? `${at.host} has it and does not answer: ${why}` : 'silent';
  const [source, mac] = [wiring.macOf(by), wiring.macOf(at)];
  const answerTo = { family: target.family, value: sender };
  const frame = { source: mac, destination: source, tags: [], target: answerTo };
  const { arrivals } = carryThrough(around, at, frame);
  const back = arrivals.find((one) => isSame(one.at, by));
  if (!back) return lostAnswer(at, by, arrivals);
  const stopped = rulesStop(around, { by, asked, back, target, sender, source, mac });
  return typeof stopped === 'string' ? stopped : { mac, assumptions: stopped };
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

function mayAnswer(host: Host, device: string, target: Address, sender: bigint): AnswerToQuestion {
  if (target.family === 4) {
    const asked = { kind: 'arp', operation: 1, sender, target: target.value } as const;
    return answersArp(host, asked, { device, mark: 0 });
  }
  const one = interfaceNamed(host, device);
  const isOwn =
    one !== undefined && addressesOf(one, 6).some(({ address }) => address.value === target.value);
  return { answers: isOwn, why: isOwn ? 'it has the address' : `the address is not one of \`${device}\`` };
}

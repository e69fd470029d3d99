// What routing sees of a packet, beside marks and interfaces.
import { formatAddress } from '../datatype/address.ts';
import { isFragment } from '../packet/fragment.ts';
import type { Packet } from '../packet/packet.ts';
import type { Flow } from '../topology/decision.ts';
import type { Host, NextHop } from '../topology/host.ts';
import type { HopChoice } from '../topology/lookup.ts';
import type { Run } from './run.ts';

/** Fragments have no ports here, not even the first (net/core/flow_dissector.c: __skb_flow_dissect). */
export function packetFlow(packet: Packet): Flow & { readonly source: bigint } {
  const { family, source, destination, dscp, protocol, transport, fragment } = packet;
  const ports =
    (transport.kind === 'tcp' || transport.kind === 'udp') && !isFragment(fragment)
      ? { sport: transport.sport, dport: transport.dport }
      : {};
  return { family, source, destination, tos: dscp << 2, protocol, ...ports };
}

/** The owner of an own packet's socket, as far as rules of routing tell users apart; those of the kernel are root's. */
export function userOf(run: Run, host: Host): number {
  const { skuid, direction } = run.request.injection;
  if (run.isAnswer || direction === 'in') return 0;
  const ranges = host.rules.flatMap(({ family, users }) => (users && family === run.family ? [users] : []));
  if (skuid !== undefined || ranges.length === 0) return skuid ?? 0;
  const borders = ranges.flatMap(({ first, last }) => [first, last + 1]);
  const classes = [...new Set([0, ...borders])].toSorted((a, b) => a - b);
  const answers = classes.map((first, at) => ({ first, text: usersText(first, classes[at + 1]) }));
  const [lowest = '', ...others] = answers.map(({ text }) => text);
  const answer = run.ask('the user who sends it', [lowest, ...others]);
  return answers.find(({ text }) => text === answer)?.first ?? 0;
}

/** Between two borders of ranges all users are alike. */
function usersText(first: number, next: number | undefined): string {
  if (next === undefined) return `uid ${first} and above`;
  return next === first + 1 ? `uid ${first}` : `uid ${first}-${next - 1}`;
}

/** The kernel takes one of several next hops by a hash whose seed is drawn at boot: each of them is possible. */
export function hopChoice(run: Run): HopChoice {
  return ({ family, source, destination }, hops) => {
    const ends = [source ?? 0n, destination].map((value) => formatAddress({ family, value }));
    const [one = '', ...others] = new Set(hops.map((hop) => hopText(family, hop)));
    const answer = run.ask(`the next hop from ${ends.join(' to ')}, which a hash picks`, [one, ...others]);
    return hops.find((hop) => hopText(family, hop) === answer);
  };
}

function hopText(family: Flow['family'], { gateway, device }: NextHop): string {
  return gateway === undefined ? device : `${formatAddress({ family, value: gateway })} on ${device}`;
}

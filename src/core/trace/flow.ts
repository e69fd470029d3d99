// What routing sees of a packet, beside marks and interfaces.
import { isFragment } from '../packet/fragment.ts';
import type { Packet } from '../packet/packet.ts';
import type { Flow } from '../topology/decision.ts';
import type { Host } from '../topology/host.ts';
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

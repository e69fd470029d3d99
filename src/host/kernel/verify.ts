// Verifying a policy: its rules are loaded into the kernel, in a network namespace with the interfaces, addresses and routes
// of a host, and packets are sent through it, each compared step by step with its trace.

import type { RuleSet } from '../../core/ir/ruleset.ts';
import { formatInjection } from '../../core/packet/format.ts';
import type { Injection, Packet } from '../../core/packet/packet.ts';
import { isSendable } from '../../core/policy-test/border-packets.ts';
import { replyTo } from '../../core/policy-test/reply.ts';
import type { Host } from '../../core/topology/host.ts';
import type { Way } from '../../core/trace/step.ts';
import { becomeHost, type KernelHost } from './kernel-host.ts';
import { type BothAccounts, beginPlay } from './play.ts';

/** What is loaded, and on what it runs. */
export interface Verified {
  readonly ruleSet: RuleSet;
  /** The rule set for `nft -f`. */
  readonly nft: string;
  readonly host: Host;
}

/** Packets that belong together: `reply` answers the packet before. Each history begins without connections. */
export interface PacketHistory {
  readonly title: string;
  readonly packets: readonly (Injection | 'reply')[];
}

/** Where the kernel and the trace part. */
export interface Difference extends BothAccounts {
  readonly title: string;
  /** The packets so far, as specs; the last one differs, or what is left behind it. */
  readonly packets: readonly string[];
}

/** What came of all histories. */
export interface Verification {
  /** Packets that were compared. */
  readonly compared: number;
  /** Packets that can't be sent as they are described. */
  readonly skipped: number;
  /** Packets of which the kernel said more than could be read. */
  readonly lost: number;
  readonly differences: readonly Difference[];
}

/** Plays all histories. This process is in another network namespace from then on. */
export function verify(given: Verified, histories: readonly PacketHistory[]): Verification {
  const verified = { ...given, host: withoutRedirects(given.host) };
  const host = becomeHost(verified.host);
  const results = histories.map((history) => playHistory(host, verified, history));
  host.close();
  const sum = (key: 'compared' | 'skipped' | 'lost') => results.reduce((total, one) => total + one[key], 0);
  return {
    compared: sum('compared'),
    skipped: sum('skipped'),
    lost: sum('lost'),
    differences: results.flatMap(({ differences }) => differences),
  };
}

/** The kernel soon stops sending them to a sender that does not listen (net/ipv4/route.c: ip_rt_send_redirect). */
function withoutRedirects(host: Host): Host {
  const off = ['all', ...host.interfaces.map(({ name }) => name)].map(
    (name) => [`net.ipv4.conf.${name.replaceAll('.', '/')}.send_redirects`, '0'] as const,
  );
  return { ...host, sysctls: new Map([...host.sysctls, ...off]) };
}

function playHistory(host: KernelHost, verified: Verified, { title, packets }: PacketHistory): Verification {
  host.loadNft(verified.nft);
  const loaded = { ruleSet: verified.ruleSet, tracer: 'nft', places: host.places() } as const;
  const player = beginPlay(host, { ...verified.host, hasPrograms: false }, loaded);
  const counts = { compared: 0, skipped: 0, lost: 0 };
  const sent: string[] = [];
  let last: Way | undefined;
  for (const one of packets) {
    const injection = one === 'reply' ? last && replyTo(last) : one;
    if (!injection || !isSendable(injection) || !arrives(injection, verified.host)) {
      counts.skipped++;
      continue;
    }
    const played = player.send(numbered(injection));
    if (!played) return { ...counts, lost: counts.lost + 1, differences: [] };
    sent.push(formatInjection(injection));
    counts.compared++;
    if (!played.agreed) return { ...counts, differences: [{ title, packets: sent, ...played.accounts }] };
    last = played.agreed;
  }
  const left = player.afterwards();
  const differs = left.kernel !== left.simulation;
  return { ...counts, differences: differs ? [{ title, packets: sent, ...left }] : [] };
}

/** Nothing comes in from outside by the loopback interface, or by one that is not there. */
function arrives({ direction, iif }: Injection, { interfaces }: Host): boolean {
  return direction === 'out' || (iif !== 'lo' && interfaces.some(({ name, up }) => name === iif && up));
}

/** On the wire every number is the packet's own, and the kernel gives its packets an identification that have none. */
function numbered(injection: Injection): Injection {
  const { packet, direction } = injection;
  const { transport } = packet;
  const own: Packet =
    direction === 'out' && packet.family === 4 && packet.identification === undefined
      ? { ...packet, identification: 1 }
      : packet;
  if (transport.kind !== 'tcp') return { ...injection, packet: own };
  return { ...injection, packet: { ...own, transport: { ...transport, numbered: true } } };
}

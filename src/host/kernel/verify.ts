// Verifying a policy: its rules are loaded into the kernel, in a network namespace with the interfaces, addresses and routes
// of a host, and packets are sent through it, each compared step by step with its trace.
import { formatInjection } from '../../core/packet/format.ts';
import { type Injection, type Packet, type Tcp, tcpFlag } from '../../core/packet/packet.ts';
import { unsendable } from '../../core/policy-test/border-packets.ts';
import { replyTo } from '../../core/policy-test/reply.ts';
import type { Host } from '../../core/topology/host.ts';
import type { Way } from '../../core/trace/step.ts';
import { becomeHost, type KernelHost } from './kernel-host.ts';
import type { Loading } from './loading.ts';
import { type BothAccounts, beginPlay } from './play.ts';

/** What is loaded, and on what it runs. */
export interface Verified {
  readonly loading: Loading;
  readonly host: Host;
}

/** Packets that belong together: `reply` answers the packet before. Each history begins without connections. */
export interface PacketHistory {
  readonly title: string;
  readonly packets: readonly (Injection | 'reply')[];
}

/** A packet that both sides say the same of. */
export interface Agreement extends BothAccounts {
  readonly title: string;
  readonly packet: string;
}

/** Where the kernel and the trace part. */
export interface Difference {
  readonly title: string;
  /** The packets so far, as specs. */
  readonly packets: readonly string[];
  /** What differs: the last packet's way, or the connections that are left when all are through. */
  readonly about: 'packet' | 'connections';
  /** What the kernel did, with each way that the trace says the packet may go. */
  readonly accounts: readonly BothAccounts[];
  /** Packets of the history that were not sent any more. */
  readonly behind: number;
}

/** A packet that can't be sent as it is described. */
export interface NotSent {
  readonly title: string;
  readonly packet: string;
  readonly reason: string;
}

/** What came of a history, or of all. */
export interface Verification {
  /** Packets that were compared. */
  readonly compared: number;
  readonly notSent: readonly NotSent[];
  /** Packets of which the kernel said more than could be read, with those behind them, in two runs. */
  readonly lost: number;
  /** Histories that differed once, and not when they were played again. */
  readonly inconclusive: number;
  readonly differences: readonly Difference[];
}

/** Is told how far a run is. */
export interface Watch {
  /** A packet was compared, and nothing differs. */
  readonly agreed: (agreement: Agreement) => void;
}

/** Plays all histories. This process is in another network namespace from then on. */
export function verify(given: Verified, histories: readonly PacketHistory[], watch: Watch): Verification {
  const player = hostPlayer({ ...given, host: withoutRedirects(given.host) });
  const results = histories.map((history) => {
    const first = player.play(history, watch);
    return isClear(first) ? first : playAgain(player, history, first);
  });
  player.close();
  return {
    compared: sum(results, 'compared'),
    notSent: results.flatMap(({ notSent }) => notSent),
    lost: sum(results, 'lost'),
    inconclusive: sum(results, 'inconclusive'),
    differences: results.flatMap(({ differences }) => differences),
  };
}

function sum(results: readonly Verification[], key: 'compared' | 'lost' | 'inconclusive'): number {
  return results.reduce((total, one) => total + one[key], 0);
}

function isClear({ lost, differences }: Verification): boolean {
  return lost === 0 && differences.length === 0;
}

const nobody: Watch = { agreed: () => {} };

/** On a machine without time for us, something may come late: what happens once only is no difference. */
function playAgain(player: HostPlayer, history: PacketHistory, first: Verification): Verification {
  player.refresh();
  const second = player.play(history, nobody);
  if (isClear(second)) return { ...second, inconclusive: first.differences.length };
  return second.differences.length > 0
    ? { ...second, differences: [smallest(player, history, second)] }
    : second;
}

/** The shortest history that differs, as far as leaving out one packet after the other finds it. */
function smallest(player: HostPlayer, { title, packets }: PacketHistory, found: Verification): Difference {
  let [difference] = found.differences;
  if (!difference) throw new Error('nothing differs');
  let left = packets.slice(0, packets.length - difference.behind);
  for (let at = left.length - 2; at >= 0; at--) {
    const fewer = left.toSpliced(at, 1);
    const [smaller] = player.play({ title, packets: fewer }, nobody).differences;
    if (!smaller) continue;
    left = fewer.slice(0, fewer.length - smaller.behind);
    at = Math.min(at, left.length - 1);
    difference = { ...smaller, behind: difference.behind };
  }
  return difference;
}

/** The kernel soon stops sending them to a sender that does not listen (net/ipv4/route.c: ip_rt_send_redirect). */
function withoutRedirects(host: Host): Host {
  const off = ['all', ...host.interfaces.map(({ name }) => name)].map(
    (name) => [`net.ipv4.conf.${name.replaceAll('.', '/')}.send_redirects`, '0'] as const,
  );
  return { ...host, sysctls: new Map([...host.sysctls, ...off]) };
}

/** Plays histories on a real host. */
interface HostPlayer {
  play(history: PacketHistory, watch: Watch): Verification;
  /** In a fresh namespace from now on. */
  refresh(): void;
  close(): void;
}

/** What iptables' legacy variant, ipset and lists of `recent` keep is gone with the namespace only. */
function hostPlayer(verified: Verified): HostPlayer {
  let host = becomeHost(verified.host);
  let isFresh = true;
  const refresh = () => {
    host.close();
    host = becomeHost(verified.host);
  };
  return {
    play: (history, watch) => {
      if (!isFresh && verified.loading.loader !== 'nft') refresh();
      isFresh = false;
      return playHistory(host, verified, history, watch);
    },
    refresh,
    close: () => host.close(),
  };
}

function playHistory(
  host: KernelHost,
  { loading, host: facts }: Verified,
  { title, packets }: PacketHistory,
  watch: Watch,
): Verification {
  host.load(loading.loads);
  const player = beginPlay(host, { ...facts, hasPrograms: false }, { ...loading, places: host.places() });
  const notSent: NotSent[] = [];
  const sent: string[] = [];
  const result = (rest: Partial<Verification> = {}) => ({
    ...nothing,
    compared: sent.length,
    notSent,
    ...rest,
  });
  let last: Way | undefined;
  for (const [at, one] of packets.entries()) {
    const next = nextOf(one, last, facts);
    if ('reason' in next) {
      notSent.push({ title, ...next });
      continue;
    }
    const packet = formatInjection(next.injection);
    const behind = packets.length - at - 1;
    const played = player.send(onTheWire(next.injection, loading));
    if (!played) return result({ lost: behind + 1 });
    sent.push(packet);
    const { agreed, accounts } = played;
    if (!agreed)
      return result({ differences: [{ title, packets: sent, about: 'packet', accounts, behind }] });
    for (const account of accounts) watch.agreed({ title, packet, ...account });
    last = agreed;
  }
  const left = player.afterwards();
  if (left.kernel === left.simulation) return result();
  return result({
    differences: [{ title, packets: sent, about: 'connections', accounts: [left], behind: 0 }],
  });
}

const nothing: Verification = { compared: 0, notSent: [], lost: 0, inconclusive: 0, differences: [] };

type Next = { readonly injection: Injection } | { readonly packet: string; readonly reason: string };

function nextOf(one: Injection | 'reply', last: Way | undefined, host: Host): Next {
  const injection = one === 'reply' ? last && replyTo(last) : one;
  if (!injection) return { packet: 'reply', reason: 'nothing answers the packet before' };
  const reason = whyNot(injection, host);
  return reason === undefined ? { injection } : { packet: formatInjection(injection), reason };
}

/** Nothing comes in from outside by the loopback interface, or by one that is not there. */
function whyNot(injection: Injection, { interfaces }: Host): string | undefined {
  const { direction, iif } = injection;
  const reason = unsendable(injection);
  if (reason !== undefined || direction === 'out') return reason;
  if (iif === 'lo') return 'nothing comes in from outside by `lo`';
  const device = interfaces.find(({ name }) => name === iif);
  if (!device) return `the host has no interface \`${iif}\``;
  return device.up ? undefined : `\`${iif}\` is down`;
}

/** On the wire every number is the packet's own, and the kernel gives its packets an identification that have none. */
function onTheWire(injection: Injection, { loader }: Loading): Injection {
  const { packet, direction } = injection;
  const { transport } = packet;
  const own: Packet =
    direction === 'out' && packet.family === 4 && packet.identification === undefined
      ? { ...packet, identification: 1 }
      : packet;
  if (transport.kind !== 'tcp') return { ...injection, packet: own };
  const numbered = { ...own, transport: { ...transport, numbered: true } } as const;
  return { ...injection, packet: loader === 'nft' ? numbered : withSegmentSize(numbered, transport) };
}

/** TCPMSS of iptables writes it into a SYN that has none, as no real one does, and what nft does instead leaves it alone. */
function withSegmentSize(packet: Packet, transport: Tcp): Packet {
  if (!(transport.flags & tcpFlag.syn) || transport.optionBytes !== undefined) return packet;
  const optionBytes = 4;
  return {
    ...packet,
    length: packet.length + optionBytes,
    transport: { ...transport, numbered: true, optionBytes },
  };
}

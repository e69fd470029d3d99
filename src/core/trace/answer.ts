// What the host itself answers to a packet: the packet that it sends, and that one's own way out, through OUTPUT and
// POSTROUTING like any other of its own. net/ipv4/icmp.c: __icmp_send, net/ipv6/icmp.c: icmp6_send,
// net/ipv4/netfilter/nf_reject_ipv4.c: nf_send_reset.
import { type ConntrackView, isUnknown } from '../field/view.ts';
import { type AnswerHeader, icmpError, icmpReply, tcpReset } from '../packet/host-answer.ts';
import type { IcmpKind, Packet } from '../packet/packet.ts';
import type { RejectAnswer } from '../statement/define.ts';
import type { Flow } from '../topology/decision.ts';
import type { Host } from '../topology/host.ts';
import { interfaceWith, table } from '../topology/inventory.ts';
import { lookupRoute } from '../topology/lookup.ts';
import { isLinkLocal6, sharesPrefix } from '../topology/prefix.ts';
import { sysctlNumber } from '../topology/sysctl.ts';
import { hasVrf, vrfOf } from '../topology/vrf.ts';
import { ownSource } from './answer-source.ts';
import { isPieceSummedRight, isSummedRight, noIcmpError, noReset } from './answerable.ts';
import { closeConnection } from './connection.ts';
import { known, type Run, startRun } from './run.ts';
import { keepChanges, wayOf } from './way.ts';

/** One that is to be sent. */
interface Reply {
  readonly why: string;
  readonly build: (header: AnswerHeader) => Packet;
  /** 0: routing chooses it. */
  readonly source: bigint;
  /** Part of the connection of the packet that it answers, without being looked up. */
  readonly attached: boolean;
  readonly isError: boolean;
  /** See {@link Run}. */
  readonly straightOut?: string | undefined;
}

/** Answers a packet that a rule rejects. */
export function answerReject(run: Run, answer: RejectAnswer): void {
  // net/ipv4/netfilter/nf_reject_ipv4.c: nf_send_unreach, nf_reject_ip_tcphdr_get.
  if (run.packet.badChecksum || !isSummedRight(run.packet) || !isPieceSummedRight(run)) {
    noAnswer(run, 'its checksum is wrong');
    return;
  }
  if (answer === 'tcp reset') sendReset(run, 'reject');
  else sendIcmpError(run, 'reject', answer);
}

/** Sends an ICMP error about the packet, unless none may be sent about it. */
export function sendIcmpError(run: Run, why: string, kind: IcmpKind): void {
  const refused = noIcmpError(run, kind);
  if (refused !== undefined) {
    noAnswer(run, refused);
    return;
  }
  const cause = run.packet;
  sendReply(run, {
    why,
    build: (header) => icmpError(cause, kind, header),
    source: ownSource(run),
    // At a port the packet has lost its connection already (net/ipv4/udp.c: __udp4_lib_rcv), so that it is looked up.
    attached: why !== 'closed port',
    isError: true,
  });
}

/** Sends a reset; that of `reject` belongs to the connection of the packet, that of a closed port is looked up. */
export function sendReset(run: Run, why: 'reject' | 'closed port'): void {
  const attached = why === 'reject';
  const cause = run.packet;
  const { transport } = cause;
  const refused = noReset(run, attached);
  if (transport.kind !== 'tcp' || refused !== undefined) {
    noAnswer(run, refused ?? 'it is not TCP');
    return;
  }
  if (attached) closeConnection(run);
  sendReply(run, {
    why,
    // A closed port answers with the packet's own service class (net/ipv4/tcp_ipv4.c: tcp_v4_send_reset).
    build: (header) => tcpReset(cause, transport, header, attached ? 0 : cause.dscp),
    source: cause.destination,
    attached,
    isError: false,
    // What came through a bridge gets it by the same port (nf_reject_ipv4.c: nf_send_reset, nf_reject_ipv6.c).
    straightOut: attached ? run.ports?.in : undefined,
  });
}

/** Answers an echo, or another request of ICMP. */
export function sendIcmpReply(run: Run, why: string, type: number, source: bigint): void {
  const request = run.packet;
  const build = (header: AnswerHeader): Packet => icmpReply(request, type, header);
  sendReply(run, { why, build, source, attached: false, isError: false });
}

function noAnswer(run: Run, why: string): void {
  run.steps.push({ kind: 'stack', why: `no answer: ${why}` });
}

function sendReply(run: Run, reply: Reply): void {
  const { host } = run.request;
  if (host && !mayComeFrom(run, host, reply))
    noAnswer(run, 'only a rule of routing gives its source to this host, which then sends nothing from it');
  else if (host) follow(run, host, reply);
  else unfollowed(run, reply);
}

/**
 * IPv4 sends only from addresses of the table `local` (net/ipv4/route.c: ip_route_output_key_hash_rcu); a rule's reset is
 * not asked (net/ipv4/netfilter.c: ip_route_me_harder).
 */
function mayComeFrom({ family }: Run, host: Host, { source, attached, isError }: Reply): boolean {
  if (family === 6 || source === 0n || (attached && !isError)) return true;
  if (hasVrf(host) && interfaceWith(host, 4, source)) return true;
  return host.routes.some(
    ({ family: version, type, table: of, destination, prefixLength }) =>
      version === 4 &&
      type === 'local' &&
      of === table.local &&
      sharesPrefix(4, source, destination, prefixLength),
  );
}

function follow(run: Run, host: Host, reply: Reply): void {
  const packet = reply.build({ source: reply.source, ttl: hopLimit(run, host, reply) });
  const own = startAnswer(run, packet, reply);
  const end = run.transmit(own);
  run.answers.push({ why: reply.why, at: run.steps.length, way: wayOf(own, end, []) });
  takeBack(run, own, reply);
}

/** Without host facts neither its source nor its way is known. */
function unfollowed(run: Run, { why, build, source }: Reply): void {
  run.answers.push({
    why,
    at: run.steps.length,
    unfollowed: 'there are no host facts',
    packet: build({ source, ttl: 64 }),
  });
}

/** The answer's own run: it meets the connections and sets as the packet leaves them. */
function startAnswer(run: Run, packet: Packet, reply: Reply): Run {
  const mark = reflectsMark(run) ? run.mark : 0;
  const injection = { packet, direction: 'out', mark } as const;
  const assumptions = new Set<string>();
  const ask = askLittle(run, assumptions);
  const own = {
    ...startRun({ ...run.request, injection }, ask, keepChanges(run), run.transmit),
    assumptions,
  };
  if (reply.isError && isLimited(run)) own.assumptions.add('no limit on the rate of ICMP errors is reached');
  return {
    ...own,
    sets: run.sets,
    memory: run.memory,
    ...unknownIn(run, reply),
    ct: reply.attached ? attachedView(run.ct) : undefined,
    isAnswer: true,
    straightOut: reply.straightOut,
    lookup: { anySource: true, ...lookedUpBy(run, packet, reply) },
  };
}

/** What is not known of the packet is not known of its answer, where it stands on the other side, or is quoted. */
function unknownIn({ unknown }: Run, { isError }: Reply): Pick<Run, 'unknown' | 'quoted'> {
  const { source, destination, sport, dport } = unknown;
  const back = { ...(source && { destination: source }) };
  if (isError) return { unknown: back, quoted: unknown };
  const swapped = {
    ...(destination && { source: destination }),
    ...(dport && { sport: dport }),
    ...(sport && { dport: sport }),
  };
  return { unknown: { ...back, ...swapped }, quoted: {} };
}

/** So many questions an answer may ask: what becomes of it shall not hide what becomes of the packet. */
const mostQuestions = 3;

function askLittle(run: Run, assumptions: Set<string>): Run['ask'] {
  const asked = new Set<string>();
  return (question, answers) => {
    if (asked.size >= mostQuestions && !asked.has(question)) {
      assumptions.add(`${question}: ${answers[0]}`);
      return answers[0];
    }
    asked.add(question);
    return run.ask(`for the answer to it, ${question}`, answers);
  };
}

function lookedUpBy(run: Run, { family }: Packet, reply: Reply) {
  const wanted = family === 6 ? preferred(run, reply) : {};
  return Object.keys(wanted).length > 0 ? wanted : inVrf(run, reply);
}

/** Within the VRF of the packet (net/ipv4/icmp.c: icmp_route_lookup; net/ipv4/netfilter.c: ip_route_me_harder). */
function inVrf(
  { request: { host }, iif, oif }: Run,
  { attached, isError }: Reply,
): Pick<Flow, 'oif' | 'vrf'> {
  const vrf = host && vrfOf(host, known(iif) ?? known(oif))?.name;
  if (vrf === undefined) return {};
  return attached && !isError ? { vrf } : { oif: vrf };
}

/**
 * Replies to an echo prefer the interface that it came in by (net/ipv6/icmp.c: icmpv6_echo_reply); those to an address
 * that others have too must leave by it (net/ipv6/route.c: ip6_route_output_flags_noref), like all that is for the link only.
 */
function preferred(run: Run, { attached, isError, source }: Reply) {
  const isEcho = !attached && !isError;
  const device = deviceOfRequest(run);
  if (device === undefined) return {};
  if (isLinkLocal6(run.packet.source) && (isEcho || isError)) return { oif: device };
  if (!isEcho) return {};
  return source === 0n ? { oif: device } : { preferredOif: device };
}

/** What comes back by `lo`, or came by a VRF, counts as come in by the interface that has the address (net/ipv6/icmp.c: icmp6_dev). */
function deviceOfRequest({ iif, routed, vrfPort }: Run): string | undefined {
  const isLooped = routed?.kind === 'local' && (iif === 'lo' || iif === routed.vrf);
  return isLooped ? routed.device : (vrfPort ?? known(iif));
}

/** net/netfilter/nf_conntrack_core.c: nf_conntrack_attach: it goes against the packet that caused it. */
function attachedView(ct: ConntrackView | undefined): ConntrackView | undefined {
  if (!ct?.entry) return undefined;
  const { direction, entry } = ct;
  if (isUnknown(direction)) return { state: 'related', direction, entry };
  return { state: 'related', direction: direction === 'original' ? 'reply' : 'original', entry };
}

/** What the answer changed is there for the packet too, if it goes on, and for those behind it. */
function takeBack(run: Run, own: Run, { attached }: Reply): void {
  run.sets = own.sets;
  run.memory = own.memory;
  run.connections = keepChanges(own);
  const entry = run.ct?.entry;
  if (!run.ct || !entry || isUnknown(entry)) return;
  const kept = run.connections.lookup(entry.original, entry.zone)?.entry;
  const changed = attached && own.ct?.entry && !isUnknown(own.ct.entry) ? own.ct.entry : entry;
  run.ct = { ...run.ct, entry: kept ?? changed };
}

function reflectsMark({ family, request: { host } }: Run): boolean {
  const name = family === 4 ? 'net.ipv4.fwmark_reflect' : 'net.ipv6.fwmark_reflect';
  return host !== undefined && sysctlNumber(host, name) !== 0;
}

function isLimited({ family, request: { host } }: Run): boolean {
  if (!host) return true;
  return sysctlNumber(host, family === 4 ? 'net.ipv4.icmp_ratelimit' : 'net.ipv6.icmp.ratelimit') !== 0;
}

/** net/ipv4/route.c: ip4_dst_hoplimit, net/ipv6/route.c: ip6_dst_hoplimit. */
function hopLimit(run: Run, host: Host, reply: Reply): number {
  const { family, packet } = run;
  const { source } = reply;
  if (family === 4) return sysctlNumber(host, 'net.ipv4.ip_default_ttl');
  const decision = lookupRoute(host, {
    family,
    destination: packet.source,
    anySource: true,
    ...(source !== 0n && { source }),
    ...inVrf(run, reply),
  });
  return sysctlNumber(host, 'net.ipv6.conf.*.hop_limit', 'device' in decision ? decision.device : 'all');
}

// Which packets a host never answers, so that answers neither multiply nor chase each other.
import { checksum, pseudoHeader } from '../packet/checksum.ts';
import { isFragment } from '../packet/fragment.ts';
import { type IcmpKind, type Packet, protocolNumber, tcpFlag } from '../packet/packet.ts';
import { knownSize } from '../packet/size.ts';
import { lookupRoute } from '../topology/lookup.ts';
import { isMulticast } from '../topology/prefix.ts';
import { isToMany } from './routed.ts';
import type { Run } from './run.ts';

/** ICMP messages that are replied to or replies; every other one counts as an error (net/ipv4/icmp.c: icmp_pointers). */
const noErrors: ReadonlySet<number> = new Set([0, 8, 13, 14, 15, 16, 17, 18]);

/** Packet too big. */
const tooBig = 2;

/** GRE, ESP, AH, SCTP, UDP-Lite and DCCP have no checksum of all that they carry. */
const otherwiseSummed: ReadonlySet<number> = new Set([47, 50, 51, 132, 136, 33]);

/**
 * Whether `reject` finds the checksum right. Of a protocol that it knows nothing of it expects that all that is behind the
 * headers adds up, in IPv6 with addresses, length and protocol, and that there is something at all (nf_reject.h: nf_reject_verify_csum, net/netfilter/utils.c:
 * nf_ip_checksum, nf_ip6_checksum). What is not told is taken as right.
 */
export function isSummedRight(packet: Packet): boolean {
  const { family, protocol, transport, fragment, payload = new Uint8Array(), untold } = packet;
  const isTold = untold === undefined && packet.length === knownSize(packet);
  if (transport.kind !== 'opaque' || fragment.offset > 0 || !isTold) return true;
  if (payload.length === 0) return family === 4;
  if (otherwiseSummed.has(protocol)) return true;
  return checksum(...(family === 4 ? [] : [pseudoHeader(packet, payload.length)]), payload) === 0;
}

/** Whether `reject` finds the checksum of a first fragment right, which is that of the whole packet: it hardly ever does. */
export function isPieceSummedRight({ packet: { protocol, fragment }, ask }: Run): boolean {
  if (!isFragment(fragment) || fragment.offset > 0 || otherwiseSummed.has(protocol)) return true;
  return (
    ask('whether the checksum of the whole packet is right for its first fragment alone', ['no', 'yes']) ===
    'yes'
  );
}

/** Why no ICMP error is sent about the packet; undefined where one is. */
export function noIcmpError(run: Run, kind: IcmpKind): string | undefined {
  if (isSendingIcmp(run)) return 'the kernel sends no ICMP message while it sends another';
  return run.family === 4 ? noIcmpv4Error(run) : noIcmpv6Error(run, kind);
}

/** Its own one is on its way out, and the one socket for them in use (net/ipv4/icmp.c: icmp_xmit_lock). */
function isSendingIcmp({ isAnswer, hook, packet }: Run): boolean {
  const isOut = hook === 'output' || hook === 'postrouting';
  return isAnswer && isOut && packet.transport.kind === 'icmp';
}

/** net/ipv4/icmp.c: __icmp_send. */
function noIcmpv4Error(run: Run): string | undefined {
  const { packet } = run;
  const { transport, fragment, protocol } = packet;
  if (isForMany(run)) return 'it went to many hosts';
  if (fragment.offset > 0) return 'only the first fragment is answered';
  const isError =
    protocol === protocolNumber.icmp && transport.kind === 'icmp' && !noErrors.has(transport.type);
  return isError ? 'an ICMP error is not answered by another' : undefined;
}

/** net/ipv6/icmp.c: icmp6_send, is_ineligible. Groups are told what is too big for them. */
function noIcmpv6Error(run: Run, kind: IcmpKind): string | undefined {
  const { packet } = run;
  const { transport, source, destination } = packet;
  const forMany = isMulticast(6, destination) || isForMany(run);
  if (forMany && kind.type !== tooBig) return 'it went to many hosts';
  if (!isUnicast(source) || isAnycastHere(run, source)) return 'its source is no host';
  if (packet.protocol !== protocolNumber.icmpv6 || packet.fragment.offset > 0) return undefined;
  const isError = transport.kind !== 'icmp' || transport.type < 128;
  return isError ? 'an ICMP error is not answered by another' : undefined;
}

/** An address that routers of a link share, this host among them (net/ipv6/icmp.c: icmpv6_route_lookup). */
function isAnycastHere({ request: { host } }: Run, source: bigint): boolean {
  const decision = host && lookupRoute(host, { family: 6, destination: source, anySource: true });
  return decision?.kind === 'local' && decision.route?.type === 'anycast';
}

/**
 * Why no reset is sent (nf_reject_ipv4.c: nf_send_reset, nf_reject_ipv6.c: nf_send_reset6). A closed port of IPv6 does not
 * look at the source (net/ipv6/tcp_ipv6.c: tcp_v6_send_reset).
 */
export function noReset(run: Run, byRule: boolean): string | undefined {
  const { family, packet } = run;
  const { transport, fragment, source, destination } = packet;
  if (fragment.offset > 0) return 'it is a fragment';
  if (transport.kind === 'tcp' && transport.flags & tcpFlag.rst) return 'a reset is not answered by another';
  if (family === 4) return isToMany(run) ? 'it went to many hosts' : undefined;
  return (isUnicast(source) || !byRule) && isUnicast(destination)
    ? undefined
    : 'it is not from one host to another';
}

function isUnicast(address: bigint): boolean {
  return address !== 0n && !isMulticast(6, address);
}

function isForMany(run: Run): boolean {
  return isToMany(run) || (run.pkttype ?? 'host') !== 'host';
}

// What the host answers to a packet that reached it: replies to echoes and questions for the time, and what says that
// nobody listens on a port.
import { icmpOf } from '../conntrack/icmp.ts';
import { tcpFlag } from '../packet/packet.ts';
import type { Host, Listener } from '../topology/host.ts';
import { localPorts, sysctlNumber } from '../topology/sysctl.ts';
import { vrfOf } from '../topology/vrf.ts';
import { sendIcmpError, sendIcmpReply, sendReset } from './answer.ts';
import { isAnycast, isToHost, isToMany } from './routed.ts';
import { known, type Run } from './run.ts';
import { stackErrors } from './stack-error.ts';

/** Answers a packet behind INPUT. A program that listens answers for itself. */
export function answerDelivered(run: Run): void {
  const { host } = run.request;
  if (!host || run.packet.fragment.offset > 0) return;
  if (isAtClosedPort(run, host)) refuse(run);
  else if (isUnhandled(run, host))
    sendIcmpError(run, 'unknown protocol', stackErrors.unknownProtocol[run.family]);
  else answerIcmp(run, host);
}

/**
 * Whether nobody takes it: it is not for a port on which somebody listens, and belongs to no connection of one
 * (net/ipv4/tcp_ipv4.c: tcp_v4_rcv, net/ipv4/udp.c: __udp4_lib_rcv).
 */
function isAtClosedPort(run: Run, host: Host): boolean {
  const { listening, hasPrograms = true } = host;
  const { transport } = run.packet;
  if (transport.kind !== 'tcp' && transport.kind !== 'udp') return false;
  if (!isToHost(run) && !(isAnycast(run) && transport.kind === 'udp')) return false;
  if (!hasPrograms) return true;
  if (!listening) return false;
  const atPort = listening.filter((one) => one.protocol === transport.kind && one.port === transport.dport);
  if (atPort.some((one) => isFor(run, host, one))) return false;
  if (transport.kind === 'tcp' && (transport.flags & (tcpFlag.syn | tcpFlag.ack)) === tcpFlag.syn)
    return true;
  if (run.ct?.entry !== undefined) return run.ct.direction === 'original';
  return !mayAnswerProgram(run, host, transport.dport);
}

/**
 * Whether a program is one for the interface that it came in by. One that is bound to none gets what comes in by a VRF only
 * where that was said (include/net/inet_sock.h: inet_bound_dev_eq).
 */
function isFor(run: Run, host: Host, { protocol, device }: Listener): boolean {
  const { iif, vrfPort, routed } = run;
  const vrf = vrfOf(host, known(iif))?.name;
  if (device === undefined) return vrf === undefined || sysctlNumber(host, acceptsVrf[protocol]) !== 0;
  const isLooped = iif === 'lo' || (vrf !== undefined && vrfPort === undefined);
  const own = isLooped && routed?.kind === 'local' ? routed.device : undefined;
  return [known(iif), vrfPort, own].includes(device);
}

const acceptsVrf = { tcp: 'net.ipv4.tcp_l3mdev_accept', udp: 'net.ipv4.udp_l3mdev_accept' } as const;

/** Where connections are not tracked: programs that begin to speak themselves do so from these ports. */
function mayAnswerProgram(run: Run, host: Host, port: number): boolean {
  const { first, last } = localPorts(host);
  if (port < first || port > last) return false;
  run.assumptions.add(`a program of the host speaks from port ${port}`);
  return true;
}

/** Protocols that every kernel takes, then those that modules or tunnels may take. */
const handled: ReadonlySet<number> = new Set([0, 1, 2, 6, 17, 43, 44, 58, 59, 60]);
const perhapsHandled: ReadonlySet<number> = new Set([4, 33, 41, 47, 50, 51, 103, 108, 115, 132, 135, 136]);

/** Nobody asked for the protocol (net/ipv4/ip_input.c: ip_protocol_deliver_rcu, net/ipv6/ip6_input.c). */
function isUnhandled(run: Run, { listening, hasPrograms = true }: Host): boolean {
  const { protocol } = run.packet;
  if ((hasPrograms && !listening) || handled.has(protocol)) return false;
  if (!perhapsHandled.has(protocol)) return true;
  run.assumptions.add(`the kernel takes packets of protocol ${protocol}`);
  return false;
}

function refuse(run: Run): void {
  if (run.packet.transport.kind === 'tcp') sendReset(run, 'closed port');
  else sendIcmpError(run, 'closed port', stackErrors.portUnreachable[run.family]);
}

function answerIcmp(run: Run, host: Host): void {
  const type = icmpOf(run.packet)?.type;
  const reply = type === undefined ? undefined : replies[run.family].get(type);
  if (reply === undefined) return;
  if (isIgnored(run, host) || (type === timestamp && !hasTime(run))) return;
  sendIcmpReply(run, 'echo', reply, isToHost(run) ? run.packet.destination : 0n);
}

const timestamp = 13;

/** RFC 792, RFC 4443; the kernel leaves other questions alone (net/ipv4/icmp.c: icmp_pointers). */
const replies = {
  4: new Map([
    [8, 0],
    [timestamp, 14],
  ]),
  6: new Map([[128, 129]]),
} as const;

/** A question for the time has at least one (net/ipv4/icmp.c: icmp_timestamp). */
function hasTime({ packet }: Run): boolean {
  return packet.length >= 20 + 8 + 4;
}

/** net/ipv4/icmp.c: icmp_rcv, icmp_echo; net/ipv6/icmp.c: icmpv6_rcv, icmpv6_echo_reply. */
function isIgnored(run: Run, host: Host): boolean {
  if (run.family === 4) {
    if (isToMany(run) && sysctlNumber(host, 'net.ipv4.icmp_echo_ignore_broadcasts') !== 0) return true;
    return icmpOf(run.packet)?.type === 8 && sysctlNumber(host, 'net.ipv4.icmp_echo_ignore_all') !== 0;
  }
  if (sysctlNumber(host, 'net.ipv6.icmp.echo_ignore_all') !== 0) return true;
  if (isToMany(run)) return sysctlNumber(host, 'net.ipv6.icmp.echo_ignore_multicast') !== 0;
  return isAnycast(run) && sysctlNumber(host, 'net.ipv6.icmp.echo_ignore_anycast') !== 0;
}

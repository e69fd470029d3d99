// What the host answers to a packet that reached it: its own ICMP replies to echoes and questions for the time.
import { icmpOf } from '../conntrack/icmp.ts';
import type { Host } from '../topology/host.ts';
import { sysctlNumber } from '../topology/sysctl.ts';
import { sendIcmpReply } from './answer.ts';
import type { Run } from './run.ts';

/** Answers a packet behind INPUT. Who listens is not known here: programs answer for themselves. */
export function answerDelivered(run: Run): void {
  const { host } = run.request;
  const type = icmpOf(run.packet)?.type;
  const reply = type === undefined ? undefined : replies[run.family].get(type);
  if (!host || reply === undefined || run.packet.fragment.offset > 0) return;
  if (isIgnored(run, host) || (type === timestamp && !hasTime(run))) return;
  sendIcmpReply(run, 'echo', reply, run.toHost ? run.packet.destination : 0n);
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
    if (run.forMany && sysctlNumber(host, 'net.ipv4.icmp_echo_ignore_broadcasts') !== 0) return true;
    return icmpOf(run.packet)?.type === 8 && sysctlNumber(host, 'net.ipv4.icmp_echo_ignore_all') !== 0;
  }
  if (sysctlNumber(host, 'net.ipv6.icmp.echo_ignore_all') !== 0) return true;
  if (run.forMany) return sysctlNumber(host, 'net.ipv6.icmp.echo_ignore_multicast') !== 0;
  return !run.toHost && sysctlNumber(host, 'net.ipv6.icmp.echo_ignore_anycast') !== 0;
}

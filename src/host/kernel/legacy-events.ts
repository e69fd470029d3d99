// What iptables' legacy variant says of traced packets: it logs each rule that matched and each end of a chain
// (net/ipv4/netfilter/ip_tables.c: trace_packet), and the kernel's log can go to a netlink socket
// (include/uapi/linux/netfilter/nfnetlink_log.h).
import { writeFileSync } from 'node:fs';
import { openNetlink } from './libc.ts';
import { attribute, command, messagesOf, textOf } from './netlink.ts';

/** A rule that matched, or the end of a chain, which counts as one rule more. */
export interface LegacyEvent {
  readonly family: 'ip' | 'ip6';
  readonly table: string;
  readonly chain: string;
  /** From 1 in its chain. */
  readonly place: number;
}

const [packetMessage, configure] = [0x0400, 0x0401];
const prefixAttribute = 10;
const [commandAttribute, modeAttribute, thresholdAttribute] = [1, 2, 5];
const traceGroup = 0;

/** A socket that hears them in the caller's network namespace; undefined where the kernel can't send them. */
export function openLegacyTrace(): number | undefined {
  try {
    for (const family of [2, 10]) writeFileSync(`/proc/sys/net/netfilter/nf_log/${family}`, 'nfnetlink_log');
  } catch {
    return undefined;
  }
  const socket = openNetlink();
  const [bind, copyNothing] = [Buffer.of(1), Buffer.of(0, 0, 0, 0, 0, 0)];
  command(socket, configure, attribute(commandAttribute, bind), { resource: traceGroup });
  command(socket, configure, attribute(modeAttribute, copyNothing), { resource: traceGroup });
  // Each message at once, instead of many together.
  command(socket, configure, attribute(thresholdAttribute, Buffer.of(0, 0, 0, 1)), { resource: traceGroup });
  return socket;
}

/** The events of received messages, in order. */
export function legacyEvents(messages: readonly Buffer[]): readonly LegacyEvent[] {
  return messagesOf(messages).flatMap(({ type, family, attributes }) =>
    type === packetMessage
      ? eventOf(family === 2 ? 'ip' : 'ip6', textOf(attributes.get(prefixAttribute)))
      : [],
  );
}

function eventOf(family: LegacyEvent['family'], prefix: string): readonly LegacyEvent[] {
  // A last rule without conditions is called `policy` or `return` too: only its number tells.
  const [, table, chain, place] = /^TRACE: ([^:]*):(.*):(?:rule|return|policy):(\d+) $/.exec(prefix) ?? [];
  return table === undefined || chain === undefined ? [] : [{ family, table, chain, place: Number(place) }];
}

// What captures see on a host of fixtures/wire: by the steps of its traces, and by tcpdump in the kernel.
import { capturesOf } from '../../../src/core/trace/seen.ts';
import { captureText } from '../../support/captures.ts';
import type { WireFixture } from '../../support/wire-fixture.ts';
import { simulateWays } from '../../support/wire-simulation.ts';
import type { WireRecord } from './wire-host.ts';

/** Hosts that are about the way of packets, and not only about what is remembered of them. */
const asked =
  /^(arp|bridged|captures|closed-ports|copies|echo|fragments|nat|own|redirect|reject|reset|sent|stack|vlan)/;

/** Whether tcpdump is asked on this host. */
export function isCaptured(name: string): boolean {
  return asked.test(name);
}

/**
 * What only the kernel has: a frame that is translated to another station of the bridge leaves by the bridge itself as long
 * as the kernel has not yet made a header for that station (net/bridge/br_netfilter_hooks.c: br_nf_pre_routing_finish_bridge).
 */
const besides: Readonly<Record<string, string>> = {
  'bridged-translation.hook': 'out br0  udp 10.0.0.2:5001 -> 10.0.0.4:1',
  'bridged-ipv6.hook': 'out br0  udp [2001:db8::2]:5001 -> [2001:db8::4]:1',
};

/** Each packet with what tcpdump saw of it, on all interfaces and in order. */
export function seenBy(
  name: string,
  { specs }: WireFixture,
  record: WireRecord,
): readonly (readonly string[])[] {
  return record.map(({ captured = [] }, at) => [
    specs[at] ?? '',
    ...captured.filter((line) => line !== besides[name]),
  ]);
}

/** The same by the traces. libpcap leaves out what leaves by `lo`, which comes in again (pcap-linux.c: linux_check_direction). */
export function seenByTraces(fixture: WireFixture): readonly (readonly string[])[] {
  return simulateWays(fixture).map((way, at) => [
    fixture.specs[at] ?? '',
    ...capturesOf(way)
      .filter(({ device, direction }) => device !== 'lo' || direction === 'in')
      .map(({ device = '?', direction, packet }) => captureText(direction, device, packet)),
  ]);
}

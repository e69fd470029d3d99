// The sysctls that routing and forwarding depend on: their defaults, and how `all` and a device combine.
import type { AddressFamily } from '../datatype/address.ts';
import type { SysctlFact } from './facts.ts';
import type { Host } from './host.ts';

/** Values of a fresh network namespace. */
const globalDefaults = {
  'net.ipv4.ip_forward': 0,
  'net.ipv4.ip_default_ttl': 64,
  'net.ipv4.fwmark_reflect': 0,
  'net.ipv4.icmp_echo_ignore_all': 0,
  'net.ipv4.icmp_echo_ignore_broadcasts': 1,
  'net.ipv4.icmp_errors_use_inbound_ifaddr': 0,
  'net.ipv4.icmp_ratelimit': 1000,
  'net.ipv6.fwmark_reflect': 0,
  'net.ipv6.anycast_src_echo_reply': 0,
  'net.ipv6.icmp.echo_ignore_all': 0,
  'net.ipv6.icmp.echo_ignore_anycast': 0,
  'net.ipv6.icmp.echo_ignore_multicast': 0,
  'net.ipv6.icmp.ratelimit': 1000,
  'net.netfilter.nf_conntrack_checksum': 1,
  'net.netfilter.nf_conntrack_tcp_loose': 1,
  'net.netfilter.nf_conntrack_tcp_be_liberal': 0,
  'net.netfilter.nf_conntrack_tcp_ignore_invalid_rst': 0,
  'net.netfilter.nf_conntrack_tcp_max_retrans': 3,
} as const;

type Combine = (all: number, device: number) => number;

const either: Combine = (all, device) => (all || device ? 1 : 0);
const both: Combine = (all, device) => (all && device ? 1 : 0);
const onlyDevice: Combine = (_all, device) => device;

/** Defaults and combination of per-device values (`include/linux/inetdevice.h: IN_DEV_ORCONF` and its like). */
const deviceSysctls = {
  'net.ipv4.conf.*.forwarding': { initial: 0, combine: onlyDevice },
  'net.ipv4.conf.*.rp_filter': { initial: 0, combine: Math.max },
  'net.ipv4.conf.*.accept_local': { initial: 0, combine: either },
  'net.ipv4.conf.*.route_localnet': { initial: 0, combine: either },
  'net.ipv4.conf.*.arp_filter': { initial: 0, combine: either },
  'net.ipv4.conf.*.arp_ignore': { initial: 0, combine: Math.max },
  'net.ipv4.conf.*.proxy_arp': { initial: 0, combine: either },
  'net.ipv4.conf.*.send_redirects': { initial: 1, combine: either },
  'net.ipv4.conf.*.src_valid_mark': { initial: 0, combine: either },
  'net.ipv4.conf.*.bc_forwarding': { initial: 0, combine: both },
  'net.ipv6.conf.*.forwarding': { initial: 0, combine: onlyDevice },
  'net.ipv6.conf.*.force_forwarding': { initial: 0, combine: onlyDevice },
  'net.ipv6.conf.*.use_oif_addrs_only': { initial: 0, combine: either },
  'net.ipv6.conf.*.hop_limit': { initial: 64, combine: onlyDevice },
} as const satisfies Record<string, { readonly initial: number; readonly combine: Combine }>;

/** A sysctl of the whole host, or with `*` in the place of the device one of an interface. */
export type SysctlName = keyof typeof globalDefaults | keyof typeof deviceSysctls;

/**
 * The number in force. A name with `*` wants a device and counts in the value for `all`, as the kernel does:
 * `sysctlNumber(host, 'net.ipv4.conf.*.rp_filter', 'wan0')` is the greater of the two. The device may be `all`.
 */
export function sysctlNumber(host: Host, name: SysctlName, device = 'all'): number {
  if (!isDeviceSysctl(name)) return read(host, name) ?? globalDefaults[name];
  const { initial, combine } = deviceSysctls[name];
  const valueFor = (which: string): number => read(host, forDevice(name, which)) ?? initial;
  return device === 'all' ? valueFor('all') : combine(valueFor('all'), valueFor(device));
}

function isDeviceSysctl(name: SysctlName): name is keyof typeof deviceSysctls {
  return name in deviceSysctls;
}

/** What the host's facts say of a sysctl of the whole host; undefined: nothing. */
export function givenSysctl(host: Host, name: string): number | undefined {
  return read(host, name);
}

function read(host: Host, name: string): number | undefined {
  const text = host.sysctls.get(name);
  return text === undefined ? undefined : Number(text);
}

/** A dot in an interface name is a slash in a sysctl name (sysctl(8)). */
function forDevice(name: string, device: string): string {
  return name.replace('*', device.replaceAll('.', '/'));
}

/**
 * Whether packets received on `device` may be forwarded: for IPv4 the device decides (`net/ipv4/route.c:
 * ip_route_input_slow`), for IPv6 `all`, or the device's `force_forwarding` (`net/ipv6/ip6_output.c: ip6_forward`).
 */
export function forwards(host: Host, device: string, family: AddressFamily): boolean {
  if (family === 4) return sysctlNumber(host, 'net.ipv4.conf.*.forwarding', device) !== 0;
  const all = sysctlNumber(host, 'net.ipv6.conf.*.forwarding', 'all');
  return all !== 0 || sysctlNumber(host, 'net.ipv6.conf.*.force_forwarding', device) !== 0;
}

const forwardingSwitch: ReadonlyMap<string, string> = new Map([
  ['net.ipv4.ip_forward', 'net.ipv4.conf'],
  ['net.ipv4.conf.all.forwarding', 'net.ipv4.conf'],
  ['net.ipv6.conf.all.forwarding', 'net.ipv6.conf'],
]);

/**
 * All values after some writes, in order. A change of `ip_forward` or of `conf.all.forwarding` sets the value of
 * every device (`net/ipv4/devinet.c: inet_forward_change`, `net/ipv6/addrconf.c: addrconf_fixup_forwarding`).
 */
export function writeSysctls(
  writes: readonly SysctlFact[],
  devices: readonly string[],
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { name, value } of writes) {
    const conf = forwardingSwitch.get(name);
    const changed = (values.get(name) ?? '0') !== value;
    values.set(name, value);
    if (!conf || !changed) continue;
    if (conf === 'net.ipv4.conf') values.set('net.ipv4.ip_forward', value);
    for (const device of ['all', 'default', ...devices])
      values.set(forDevice(`${conf}.*.forwarding`, device), value);
  }
  return values;
}

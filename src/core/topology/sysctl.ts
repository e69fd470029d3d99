// The sysctls that routing and forwarding depend on: the values in force on a host.
import type { AddressFamily } from '../datatype/address.ts';
import type { Combine, SysctlEntry } from '../sysctl/define.ts';
import { canonicalName, namedSysctls, type SysctlName, sysctlTable } from '../sysctl/table.ts';
import type { SysctlFact } from './facts.ts';
import type { Host, NumberRange } from './host.ts';

const combined: Readonly<Record<Combine, (all: number, device: number) => number>> = {
  greater: Math.max,
  either: (all, device) => (all || device ? 1 : 0),
  both: (all, device) => (all && device ? 1 : 0),
  device: (_all, device) => device,
  change: (_all, device) => device,
  'all-first': (all, device) => all || device,
};

/**
 * The number in force. A name with `*` wants a device and counts in the value for `all`, as the kernel does:
 * `sysctlNumber(host, 'net.ipv4.conf.*.rp_filter', 'wan0')` is the greater of the two. The device may be `all`.
 */
export function sysctlNumber(host: Host, name: SysctlName, device = 'all'): number {
  const entry: SysctlEntry & { readonly initial: number } = namedSysctls[name];
  const { initial, combine } = entry;
  if (!combine) return read(host, name) ?? initial;
  const valueFor = (which: string): number => read(host, fullName(name, which)) ?? initial;
  return device === 'all' ? valueFor('all') : combined[combine](valueFor('all'), valueFor(device));
}

/** What the host's facts say of a sysctl of the whole host; undefined: nothing. */
export function givenSysctl(host: Host, name: string): number | undefined {
  return read(host, name);
}

function read(host: Host, name: string): number | undefined {
  const text = host.sysctls.get(name);
  return text === undefined ? undefined : Number(text);
}

/** The name for an interface, whose dots are slashes in it (sysctl(8)). */
export function fullName(name: string, device = 'all'): string {
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

/** Whether IPv6 is off on an interface: it has no routes by it, and takes none of its packets. */
export function lacksIpv6(host: Host, device: string): boolean {
  return sysctlNumber(host, 'net.ipv6.conf.*.disable_ipv6', device) !== 0;
}

/** What a change for `all` sets for every interface, too; `ip_forward` is another name of the first. */
const switches: ReadonlyMap<string, string> = new Map([
  ['net.ipv4.ip_forward', 'net.ipv4.conf.*.forwarding'],
  ...Object.entries(sysctlTable).flatMap(([name, { combine }]) =>
    combine === 'change' || name === 'net.ipv6.conf.*.forwarding'
      ? [[name.replace('*', 'all'), name] as const]
      : [],
  ),
]);

/**
 * All values after some writes, in order. A change of `ip_forward` or of `conf.all.forwarding` sets the value of
 * every device (`net/ipv4/devinet.c: inet_forward_change`, `net/ipv6/addrconf.c: addrconf_fixup_forwarding,
 * addrconf_disable_ipv6`).
 */
export function writeSysctls(
  writes: readonly SysctlFact[],
  devices: readonly string[],
  before: Host['sysctls'] = new Map(),
): ReadonlyMap<string, string> {
  const values = new Map(before);
  for (const { name: written, value } of writes) {
    const name = canonicalName(written);
    const each = switches.get(name);
    const changed = (values.get(name) ?? '0') !== value;
    values.set(name, value);
    if (each === undefined || !changed) continue;
    if (each === 'net.ipv4.conf.*.forwarding') values.set('net.ipv4.ip_forward', value);
    for (const device of ['all', 'default', ...devices]) values.set(fullName(each, device), value);
  }
  return values;
}

/** The host after one more write. */
export function withSysctl(host: Host, write: SysctlFact): Host {
  const devices = host.interfaces.map(({ name }) => name);
  return { ...host, sysctls: writeSysctls([write], devices, host.sysctls) };
}

/** The ports that programs of the host speak from where they have chosen none. */
export function localPorts(host: Host): NumberRange {
  const text =
    host.sysctls.get('net.ipv4.ip_local_port_range') ?? namedSysctls['net.ipv4.ip_local_port_range'].initial;
  const [first = 0, last = 0] = text.trim().split(/\s+/).map(Number);
  return { first, last };
}

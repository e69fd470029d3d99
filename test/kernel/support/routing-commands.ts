// The commands of `ip` and `sysctl` that make a host in a network namespace, and ask it for routes.
import { type Address, formatAddress } from '../../../src/core/datatype/address.ts';
import type { Flow } from '../../../src/core/topology/decision.ts';
import type { HostFacts, RouteFacts, RuleFacts } from '../../../src/core/topology/facts.ts';
import { formatPrefix } from '../../../src/core/topology/prefix.ts';
import { addressLine } from '../../../src/host/lab/furnish.ts';
import { devices } from './routing-host.ts';

/** Shell lines that build the host, without its routes, in the current network namespace; each must succeed. */
export function setupLines(host: HostFacts): readonly string[] {
  // The peer is made first; the order of making, not the index, is the order in which the kernel lends addresses.
  const pairs = [0, 2, 4].map((at) => `ip link add ${devices[at + 1]} type veth peer name ${devices[at]}`);
  const quiet = devices.map(
    (name) => `sysctl -qw net.ipv6.conf.${name}.addr_gen_mode=1 net.ipv6.conf.${name}.accept_dad=0`,
  );
  const up = ['lo', ...devices].map((name) => `ip link set ${name} up`);
  const addresses = host.interfaces.flatMap(({ name, addresses: all }) =>
    all.map((entry) => `ip ${addressLine(name, { scope: 'global', ...entry })}`),
  );
  const routed = host.interfaces.flatMap(({ name, addresses: all }) =>
    all.flatMap((one) => (one.address.family === 6 ? [untilRouted(one.address, name)] : [])),
  );
  const sysctls = (host.sysctls ?? []).map(({ name, value }) => `sysctl -qw ${name}=${value}`);
  return [
    ...pairs,
    ...quiet,
    ...up,
    ...addresses,
    ...routed,
    ...sysctls,
    ...(host.rules ?? []).map(ruleLine),
  ];
}

/**
 * A shell line that waits until the kernel has made the route to an address of IPv6, which it does a little later
 * (net/ipv6/addrconf.c: addrconf_dad_work).
 */
export function untilRouted(local: Address, device: string): string {
  const look = `ip -6 route show table local | grep -q 'local ${formatAddress(local)} dev ${device} '`;
  return `for i in $(seq 1000); do if ${look}; then break; fi; sleep 0.01; done`;
}

/** The `ip route add` of a declared route. */
export function routeLine(route: RouteFacts): string {
  const { family, type = '', prefixLength, gateway, device, source } = route;
  const words = [`ip -${family} route add`, type, formatPrefix(family, route.destination, prefixLength)];
  if (gateway !== undefined) words.push('via', formatAddress({ family, value: gateway }));
  if (device !== undefined) words.push('dev', device);
  if (source !== undefined) words.push('src', formatAddress({ family, value: source }));
  return [...words, 'metric', route.metric, 'table', route.table].join(' ');
}

function ruleLine(rule: RuleFacts): string {
  const { family, from, mark, iif, oif, priority } = rule;
  const words = [`ip -${family} rule add`];
  if (from) words.push('from', formatPrefix(family, from.value, from.length));
  if (mark) words.push('fwmark', `${mark.value}/${mark.mask}`);
  if (iif !== undefined) words.push('iif', iif);
  if (oif !== undefined) words.push('oif', oif);
  if (priority !== undefined) words.push('priority', priority.toString());
  return [...words, rule.action === 'lookup' ? `lookup ${rule.table}` : rule.action].join(' ');
}

/** The question to the kernel for a flow. */
export function getLine(flow: Flow): string {
  const text = (value: bigint): string => formatAddress({ family: flow.family, value });
  const words = [`ip -j -${flow.family} route get`, text(flow.destination)];
  if (flow.source !== undefined) words.push('from', text(flow.source));
  if (flow.iif !== undefined) words.push('iif', flow.iif);
  if (flow.oif !== undefined) words.push('oif', flow.oif);
  if (flow.mark !== undefined) words.push('mark', flow.mark.toString());
  return words.join(' ');
}

// Builds the host that the kernel would have, after somebody declared its interfaces, routes, rules and sysctls.
import { type AddressFamily, formatAddress } from '../datatype/address.ts';
import { type Diagnostic, diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts';
import { insertAddress } from './address-list.ts';
import { checkFacts } from './check-facts.ts';
import { checkSysctls } from './check-sysctls.ts';
import { addRoutes } from './declared-routes.ts';
import type { AddressFacts, HostFacts, InterfaceFacts, RuleFacts } from './facts.ts';
import type { Host, Interface, InterfaceAddress, RoutingRule } from './host.ts';
import { scopeOf, table } from './inventory.ts';
import { kernelRoutes } from './kernel-routes.ts';
import { writeSysctls } from './sysctl.ts';
import { hasVrf, isVrf } from './vrf.ts';

/** The host that the kernel would have after these facts were configured one after the other. */
export function makeHost(facts: HostFacts): Outcome<Host> {
  const declared = withLoopback(facts.interfaces);
  const found: Diagnostic[] = [...checkFacts(declared)];
  const names = declared.map((one) => one.name);
  found.push(...checkSysctls(facts.sysctls ?? [], names));
  const sysctls = writeSysctls(facts.sysctls ?? [], names);
  const bridges = new Set(declared.flatMap(({ master }) => master ?? []));
  const interfaces = declared
    .map((one) => withoutDisabled(one, sysctls, found))
    .map((one, position) => makeInterface(one, position, bridges));
  const bare: Host = {
    name: facts.name,
    interfaces,
    routes: [],
    rules: makeRules(facts.rules ?? [], hasVrf({ interfaces })),
    sysctls,
    ...(facts.listening && { listening: facts.listening }),
    ...(facts.within !== undefined && { within: facts.within }),
  };
  const connected: Host = { ...bare, routes: kernelRoutes(bare) };
  const complete = addRoutes(connected, facts.routes ?? [], found);
  return { value: hasErrors(found) ? undefined : complete, diagnostics: found };
}

/** An interface without IPv6 has no addresses of it (`net/ipv6/addrconf.c: dev_disable_change, inet6_addr_add`). */
function withoutDisabled(one: InterfaceFacts, sysctls: Host['sysctls'], found: Diagnostic[]): InterfaceFacts {
  const { name, addresses } = one;
  const value = sysctls.get(`net.ipv6.conf.${name.replaceAll('.', '/')}.disable_ipv6`) ?? '0';
  if (value === '0') return one;
  const gone = addresses.filter(({ address, span }) => address.family === 6 && span);
  for (const { address, span } of gone)
    found.push(
      diagnostic('HK6126', `\`${name}\` has no IPv6, and so not \`${formatAddress(address)}\``, { span }),
    );
  return { ...one, addresses: addresses.filter(({ address }) => address.family === 4) };
}

/** `lo` comes first, with its two addresses before any others. */
function withLoopback(interfaces: readonly InterfaceFacts[]): readonly InterfaceFacts[] {
  const declared = interfaces.find((one) => one.name === 'lo');
  const extra = (declared?.addresses ?? []).filter(
    ({ address }) => !isLoopbackAddress(address.family, address.value),
  );
  const lo = { ...declared, name: 'lo', addresses: [...loopbackAddresses, ...extra] };
  return [lo, ...interfaces.filter((one) => one !== declared)];
}

const loopbackAddresses: readonly AddressFacts[] = [
  { address: { family: 4, value: 0x7f000001n }, prefixLength: 8 },
  { address: { family: 6, value: 1n }, prefixLength: 128 },
];

function isLoopbackAddress(family: AddressFamily, value: bigint): boolean {
  return loopbackAddresses.some(({ address }) => address.family === family && address.value === value);
}

/** What others name as their `master` is a bridge, where nothing else is said of it. */
function makeInterface(
  { addresses, dhcp, span: _span, ...facts }: InterfaceFacts,
  position: number,
  bridges: ReadonlySet<string>,
): Interface {
  const { name, up = true, mtu = usualMtu(facts) } = facts;
  const type = facts.type ?? (bridges.has(name) ? { kind: 'bridge', settings: {} } : undefined);
  const ordered = addresses.map(madeAddress).reduce(insertAddress, []);
  return {
    ...facts,
    index: position + 1,
    up,
    mtu,
    addresses: ordered,
    ...(type && { type }),
    ...(dhcp && { dhcp: dhcp.map(({ first, last }) => ({ first, last })) }),
  };
}

/** That of an interface to which nobody gives one (for a VRF `drivers/net/vrf.c: vrf_setup`). */
export function usualMtu(one: Pick<InterfaceFacts, 'name' | 'type'>): number {
  if (one.name === 'lo') return 65536;
  return isVrf(one) ? 65575 : 1500;
}

function madeAddress({ span: _span, ...facts }: AddressFacts): InterfaceAddress {
  return { ...facts, secondary: false, scope: scopeOf(facts) };
}

/** The rules that every host begins with (`net/ipv4/fib_rules.c: fib_default_rules_init`, `net/ipv6/fib6_rules.c`). */
export const initialRules: readonly RoutingRule[] = [
  { family: 4, priority: 0, action: 'lookup', table: table.local },
  { family: 4, priority: 32766, action: 'lookup', table: table.main },
  { family: 4, priority: 32767, action: 'lookup', table: table.default },
  { family: 6, priority: 0, action: 'lookup', table: table.local },
  { family: 6, priority: 32766, action: 'lookup', table: table.main },
];

/** Those that the first VRF of a host brings (`drivers/net/vrf.c: vrf_add_fib_rules`). */
export const vrfRules: readonly RoutingRule[] = ([4, 6] as const).map((family) => ({
  family,
  priority: 1000,
  action: 'lookup',
  table: 0,
  l3mdev: true,
}));

function makeRules(declared: readonly RuleFacts[], withVrf: boolean): readonly RoutingRule[] {
  let rules = withVrf ? inOrder([...initialRules, ...vrfRules]) : initialRules;
  for (const facts of declared) {
    const { span: _span, ...said } = facts;
    const rule = { ...said, priority: facts.priority ?? nextPriority(rules, facts.family) };
    rules = inOrder([...rules, rule]);
  }
  return rules;
}

function inOrder(rules: readonly RoutingRule[]): readonly RoutingRule[] {
  return rules.toSorted((a, b) => a.family - b.family || a.priority - b.priority);
}

/** One below the second rule (`net/core/fib_rules.c: fib_default_rule_pref`). */
function nextPriority(rules: readonly RoutingRule[], family: AddressFamily): number {
  const second = rules.filter((rule) => rule.family === family)[1];
  return second && second.priority > 0 ? second.priority - 1 : 0;
}

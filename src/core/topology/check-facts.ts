// Checks of declared interfaces and their addresses.
import { addressWidth, formatAddress } from '../datatype/address.ts';
import { prefixRange } from '../datatype/range.ts';
import { bridge } from '../device/kind/bridge.ts';
import { kindOf } from '../device/registry.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { dhcpText, isHandedOut } from './dhcp.ts';
import type { AddressFacts, DhcpFacts, InterfaceFacts } from './facts.ts';
import { interfaceNameProblem } from './interface-name.ts';
import { sameSubnet, scopeOf } from './inventory.ts';

/** What the kernel would refuse of some interfaces. */
export function checkFacts(interfaces: readonly InterfaceFacts[]): readonly Diagnostic[] {
  return interfaces.flatMap((one, at) => [
    ...checkName(one),
    ...checkUnique(one, interfaces.slice(0, at)),
    ...checkAddresses(one),
    ...one.addresses.flatMap((entry, index) => checkSpecial(one, entry, one.addresses.slice(0, index))),
    ...checkMaster(one, interfaces),
    ...(one.dhcp ?? []).flatMap((range) => checkDhcp(one, range)),
  ]);
}

function checkName({ name, span }: InterfaceFacts): readonly Diagnostic[] {
  const problem = interfaceNameProblem(name);
  return problem === undefined ? [] : [diagnostic('HK6008', `\`${name}\` ${problem}`, { span })];
}

function checkUnique(one: InterfaceFacts, before: readonly InterfaceFacts[]): readonly Diagnostic[] {
  const first = before.find((other) => other.name === one.name);
  if (!first) return [];
  const labels = first.span && [{ span: first.span, message: 'first declared here' }];
  return [
    diagnostic('HK6040', `the interface \`${one.name}\` is declared twice`, { span: one.span, labels }),
  ];
}

/** A port has a bridge, a bond or a VRF. A bridge is no port of another one (net/bridge/br_if.c: br_add_if). */
function checkMaster(
  { name, master, type, span }: InterfaceFacts,
  interfaces: readonly InterfaceFacts[],
): readonly Diagnostic[] {
  if (master === undefined) return [];
  const found = interfaces.find((one) => one.name === master);
  const goal = found?.type ? kindOf(found) : bridge;
  const isInBridge = goal === bridge && found?.master !== undefined;
  const isBridge = type?.kind === bridge.kind && goal === bridge;
  if (found && goal.hasPorts && !isInBridge && !isBridge && master !== 'lo' && name !== 'lo') return [];
  const help = found ? undefined : `declare it, too: \`interface "${master}" { }\``;
  return [diagnostic('HK6046', `\`${name}\` can't be a port of \`${master}\``, { span, help })];
}

/** What `ip address add` and the kernel refuse of an address (`net/ipv4/devinet.c: __inet_insert_ifa`). */
function checkSpecial(
  { name }: InterfaceFacts,
  entry: AddressFacts,
  before: readonly AddressFacts[],
): readonly Diagnostic[] {
  const { address, label, span } = entry;
  const refuse = (why: string, help: string): readonly Diagnostic[] => [
    diagnostic('HK6047', `\`${formatAddress(address)}\` ${why}`, { span, help }),
  ];
  if (label !== undefined && label !== name && !label.startsWith(`${name}:`))
    return refuse(`can't have the label \`${label}\``, `labels begin with the interface: \`${name}:1\``);
  const { validLifetime: valid, preferredLifetime, deprecated } = entry;
  const preferred = deprecated ? 0 : preferredLifetime;
  if (valid === 0) return refuse('has no time left', 'take it out, or write a longer `valid_lft`');
  if (valid !== undefined && (preferred ?? Number.POSITIVE_INFINITY) > valid)
    return refuse('is preferred for longer than it is valid', 'write a `preferred_lft` that is not longer');
  if (address.family === 6) return [];
  const first = before.find((other) => other.address.family === 4 && sameSubnet(other, entry));
  if (!first || scopeOf(first) === scopeOf(entry)) return [];
  return refuse(
    `has scope ${scopeOf(entry)}, and \`${formatAddress(first.address)}\` of its subnet has ${scopeOf(first)}`,
    'give both the same one',
  );
}

function checkAddresses({ name, addresses }: InterfaceFacts): readonly Diagnostic[] {
  const seen = new Set<string>();
  const found: Diagnostic[] = [];
  for (const { address, prefixLength, peer, span } of addresses) {
    // IPv4 takes an address again in another subnet, IPv6 does not.
    const text = formatAddress(address);
    const beside = peer === undefined ? '' : ` peer ${formatAddress({ family: 4, value: peer })}`;
    const key = address.family === 4 ? `${text}${beside}/${prefixLength}` : text;
    if (seen.has(key))
      found.push(diagnostic('HK6041', `\`${name}\` has the address \`${key}\` twice`, { span }));
    seen.add(key);
  }
  return found;
}

/** What a server hands out is of its own network, and none of its own addresses. */
function checkDhcp({ name, addresses }: InterfaceFacts, range: DhcpFacts): readonly Diagnostic[] {
  const { first, last, span } = range;
  const refuse = (why: string): readonly Diagnostic[] => [
    diagnostic('HK6130', `\`${name}\` can't hand out ${dhcpText(range)}: ${why}`, { span }),
  ];
  const own = addresses.filter(({ address }) => address.family === 4);
  const isInside = own.some(({ address, prefixLength }) => {
    const { lo, hi } = prefixRange(address.value, prefixLength, addressWidth(4));
    return lo < first && last < hi;
  });
  if (!isInside) return refuse('they are not all addresses of hosts in one of its networks');
  const taken = own.find(({ address }) => isHandedOut(range, address.value));
  return taken ? refuse(`${formatAddress(taken.address)} is its own`) : [];
}

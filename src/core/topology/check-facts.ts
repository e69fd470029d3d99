// Checks of declared interfaces and their addresses.
import { formatAddress } from '../datatype/address.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import type { InterfaceFacts } from './facts.ts';
import { interfaceNameProblem } from './interface-name.ts';

/** What the kernel would refuse of some interfaces. */
export function checkFacts(interfaces: readonly InterfaceFacts[]): readonly Diagnostic[] {
  return interfaces.flatMap((one, at) => [
    ...checkName(one),
    ...checkUnique(one, interfaces.slice(0, at)),
    ...checkAddresses(one),
    ...checkMaster(one, interfaces),
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

/** A port has a bridge, which is not a port itself (net/bridge/br_if.c: br_add_if). */
function checkMaster(
  { name, master, span }: InterfaceFacts,
  interfaces: readonly InterfaceFacts[],
): readonly Diagnostic[] {
  if (master === undefined) return [];
  const bridge = interfaces.find((one) => one.name === master);
  if (bridge && bridge.master === undefined && master !== 'lo' && name !== 'lo') return [];
  const help = bridge ? undefined : `declare it, too: \`interface "${master}" { }\``;
  return [diagnostic('HK6046', `\`${name}\` can't be a port of \`${master}\``, { span, help })];
}

function checkAddresses({ name, addresses }: InterfaceFacts): readonly Diagnostic[] {
  const seen = new Set<string>();
  const found: Diagnostic[] = [];
  for (const { address, prefixLength, span } of addresses) {
    // IPv4 takes an address again with another prefix length, IPv6 does not.
    const text = formatAddress(address);
    const key = address.family === 4 ? `${text}/${prefixLength}` : text;
    if (seen.has(key))
      found.push(diagnostic('HK6041', `\`${name}\` has the address \`${key}\` twice`, { span }));
    seen.add(key);
  }
  return found;
}

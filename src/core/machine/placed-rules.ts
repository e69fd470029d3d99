// The rules of a rule set with the hooks from which packets come to them, and what each of them asks of its packets.
import type { AddressFamily } from '../datatype/address.ts';
import type { Range } from '../datatype/range.ts';
import type { Field } from '../field/define.ts';
import { inputInterface, outputInterface } from '../field/meta.ts';
import type { Hook } from '../hook/hook.ts';
import { type Chain, findChain, findSet, type Rule, type RuleSet, type Table } from '../ir/ruleset.ts';
import { changesOf } from '../ir/set.ts';
import { lookupsOf, type Wanted } from '../match/define.ts';
import { interfaceMatches } from '../match/interface-pattern.ts';
import { findMatch } from '../match/registry.ts';
import type { Outcome } from '../statement/define.ts';
import { findStatement } from '../statement/registry.ts';
import type { Host } from '../topology/host.ts';

/** A rule that packets may come to. */
export interface PlacedRule {
  readonly table: Table;
  readonly chain: Chain;
  readonly rule: Rule;
  /** Where the base chains hang that lead to it. */
  readonly hooks: ReadonlySet<Hook>;
  /** The versions of IP of its packets. */
  readonly families: readonly AddressFamily[];
}

/** The rules of all tables that see packets of IP as such. */
export function placedRules({ tables }: RuleSet): readonly PlacedRule[] {
  return tables.flatMap((table) =>
    table.flags?.includes('dormant') ? [] : [...reachedChains(table)].flatMap((one) => rulesOf(table, one)),
  );
}

const families: Readonly<Partial<Record<Table['family'], readonly AddressFamily[]>>> = {
  ip: [4],
  ip6: [6],
  inet: [4, 6],
};

function rulesOf(table: Table, [chain, hooks]: readonly [Chain, ReadonlySet<Hook>]): readonly PlacedRule[] {
  const all = families[table.family] ?? [];
  if (all.length === 0 || hooks.size === 0) return [];
  return chain.rules.map((rule) => ({
    table,
    chain,
    rule,
    hooks,
    families: all.filter((family) => matchFamilies(rule).every((one) => one === family)),
  }));
}

function matchFamilies({ parts }: Rule): readonly AddressFamily[] {
  return parts.flatMap((part) => {
    const definition = part.kind === 'match' ? findMatch(part.key) : undefined;
    const family =
      definition?.family ?? (part.kind === 'match' ? definition?.leaves?.(part.args) : undefined);
    return family === undefined ? [] : [family === 'ip' ? 4 : 6];
  });
}

/** The chains with the hooks that lead to them; a base chain also leads to those that it jumps to. */
function reachedChains(table: Table): ReadonlyMap<Chain, ReadonlySet<Hook>> {
  const reached = new Map<Chain, Set<Hook>>();
  const visit = (chain: Chain, hook: Hook): void => {
    const hooks = reached.get(chain) ?? new Set();
    if (hooks.has(hook)) return;
    reached.set(chain, hooks.add(hook));
    for (const name of leadsTo(chain, table)) {
      const next = findChain(table, name);
      if (next) visit(next, hook);
    }
  };
  for (const chain of table.chains) if (chain.base) visit(chain, chain.base.hook);
  return reached;
}

function leadsTo({ rules }: Chain, table: Table): readonly string[] {
  const lookups = lookupsOf(table);
  return rules
    .flatMap(({ parts }) => parts)
    .flatMap((part) => {
      if (part.kind !== 'statement') return [];
      const definition = findStatement(part.key);
      return [definition?.chain?.(part.args) ?? [], definition?.chains?.(part.args, lookups) ?? []].flat();
    });
}

/** What its statements make of its packets. */
export function outcomesOf({ rule }: PlacedRule): readonly Outcome[] {
  return rule.parts.flatMap((part) =>
    part.kind === 'statement' ? (findStatement(part.key)?.outcome?.(part.args) ?? []) : [],
  );
}

/** Whether its packets pass. */
export function accepts(placed: PlacedRule): boolean {
  return outcomesOf(placed).some(({ kind }) => kind === 'accept');
}

/** What its conditions want of a field. */
export function wantsOf({ rule }: PlacedRule, field: Field): readonly Wanted[] {
  return rule.parts
    .flatMap((part) => (part.kind === 'match' ? (findMatch(part.key)?.wants?.(part.args) ?? []) : []))
    .filter((wanted) => wanted.field === field);
}

/** The values of which the field must have one; undefined where any, or where they are not known. */
export function wantedRanges(placed: PlacedRule, field: Field): readonly Range[] | undefined {
  const [wanted] = wantsOf(placed, field).filter(({ mask }) => mask === undefined);
  if (!wanted) return undefined;
  const elements = elementsOf(placed.table, wanted);
  return elements?.kind === 'ranges' ? elements.ranges : undefined;
}

/** The names, or patterns of names, of which the interface must have one. */
function wantedNames(placed: PlacedRule, field: Field): readonly string[] | undefined {
  const [wanted] = wantsOf(placed, field);
  const elements = wanted && elementsOf(placed.table, wanted);
  return elements?.kind === 'names' ? elements.names : undefined;
}

function elementsOf(table: Table, { value }: Wanted) {
  if (value.kind !== 'set') return value;
  const set = findSet(table, value.name);
  return set && changesOf(set) === undefined ? set.elements : undefined;
}

/** Names that its conditions say of the interfaces, either of them. */
export function namedInterfaces(placed: PlacedRule): readonly string[] {
  return [inputInterface, outputInterface].flatMap((field) => wantedNames(placed, field) ?? []);
}

/** The interfaces of a host by which its packets may come, or leave; `lo` is none. */
export function fittingDevices(
  placed: PlacedRule,
  { interfaces }: Host,
  field: typeof inputInterface,
): readonly string[] {
  const names = wantedNames(placed, field);
  return interfaces
    .filter(({ name, up }) => up && name !== 'lo')
    .filter(({ name }) => names === undefined || names.some((one) => interfaceMatches(one, name)))
    .map(({ name }) => name);
}

/** Whether the rule may be about this host: of the interfaces that it names there is one. */
export function isAbout(placed: PlacedRule, host: Host): boolean {
  return [inputInterface, outputInterface].every((field) => {
    const names = wantedNames(placed, field);
    return (
      names === undefined ||
      names.some((one) => host.interfaces.some(({ name }) => interfaceMatches(one, name)))
    );
  });
}

// Sets of ipset in the place of values that iptables would write a rule for each of.

import { heldSet, isHeld } from '../iptables/ipset-own.ts';
import { claimName, setNameLimit } from '../iptables/names.ts';
import { loadingSuffix } from '../iptables/set-names.ts';
import type { Match, NamedSet, Part, Rule, Table } from '../ir/ruleset.ts';
import { lookupsOf, type Selection } from '../match/define.ts';
import { selectorsOfKeys } from '../match/find-selector.ts';
import { findMatch } from '../match/registry.ts';
import { selectionMatch } from './build.ts';
import { textOfTuple } from './values.ts';

/** Fewer values are not worth a set. */
const fewest = 3;

const families = ['ip', 'ip6'] as const;

/** Whether iptables needs one line at the most for the rule, its values in sets of ipset where that helps. */
export function inOneLine({ parts }: Rule, table: Table): boolean {
  return parts.every(
    (part) => part.kind !== 'match' || linesOf(part, table) <= 1 || setFor(part, table) !== undefined,
  );
}

/** How many sets of ipset the rule looks values up in, or will. */
export function ipsetsIn({ parts }: Rule, table: Table): number {
  return parts.filter(
    (part) =>
      part.kind === 'match' &&
      ((findMatch(part.key)?.sets(part.args) ?? []).length > 0 || isToBeSet(part, table)),
  ).length;
}

function isToBeSet(part: Match, table: Table): boolean {
  const values = findMatch(part.key)?.selects?.(part.args)?.tuples ?? [];
  return values.length >= fewest && linesOf(part, table) > 1 && setFor(part, table) !== undefined;
}

/** As many rules as it takes for the condition, in the family for which it takes more. */
function linesOf({ key, args }: Match, table: Pick<Table, 'sets' | 'maps' | 'objects'>): number {
  const definition = findMatch(key);
  const lines = families.map((family) => {
    const condition = definition?.iptables.write(args, { family, ipset: (set) => set, ...lookupsOf(table) });
    if (!condition || condition.kind === 'unsupported') return Infinity;
    if (condition.kind === 'never') return 0;
    return condition.kind === 'any' ? condition.alternatives.length : Infinity;
  });
  return Math.max(...lines);
}

/** A set that holds the values of a condition, and the condition that looks them up in it. */
interface SetFor {
  readonly set: NamedSet;
  readonly match: Match;
}

/** Undefined where iptables can't ask ipset, or would have nothing of it. `name`: that of the set. */
function setFor(part: Match, table: Table, name = 'set'): SetFor | undefined {
  const selection = findMatch(part.key)?.selects?.(part.args);
  if (!selection || selection.tuples.length < fewest) return undefined;
  const set = namedSet(selection, name);
  if (!set || !isHeld(set) || !isSmall(selection, set)) return undefined;
  const match = selectionMatch(selection.keys, { kind: 'set', name });
  const beside = { ...table, sets: [set, ...table.sets] };
  return match && linesOf(match, beside) === 1 ? { set, match: { ...part, ...match } } : undefined;
}

function namedSet({ keys, tuples }: Selection, name: string): NamedSet | undefined {
  const type = selectorsOfKeys(keys)
    .map(({ field }) => field.type.name)
    .join(' . ');
  if (keys.length > 1) return { name, type, elements: { kind: 'tuples', tuples } };
  const ranges = tuples.flat().filter((atom) => typeof atom !== 'string');
  return ranges.length === tuples.length ? { name, type, elements: { kind: 'ranges', ranges } } : undefined;
}

/** ipset takes ranges of ports apart: a set must not become much larger than what it stands for. */
const mostGrowth = 64;

function isSmall({ keys, tuples }: Selection, set: NamedSet): boolean {
  return keys.length === 1 || (heldSet(set)?.elements.length ?? Infinity) <= tuples.length * mostGrowth;
}

/**
 * The tables with sets where rules would be repeated for values, and how many sets those are. `isLeft`: whether a chain of
 * the table in a place stays as it is.
 */
export function withIpsets(
  tables: readonly Table[],
  isLeft: (table: number, chain: string) => boolean,
): {
  readonly tables: readonly Table[];
  readonly sets: number;
} {
  const taken = new Set(tables.flatMap(({ sets, maps = [] }) => [...sets, ...maps].map(({ name }) => name)));
  let sets = 0;
  const changed = tables.map((table, at) => {
    const own = new Map<string, NamedSet>();
    const chains = table.chains.map((chain) => {
      if (isLeft(at, chain.name)) return chain;
      return {
        ...chain,
        rules: chain.rules.map((rule) => withSets(rule, table, chain.name, { own, taken })),
      };
    });
    sets += own.size;
    return own.size === 0 ? table : { ...table, chains, sets: [...table.sets, ...own.values()] };
  });
  return { tables: changed, sets };
}

interface Sets {
  /** By what they hold. */
  readonly own: Map<string, NamedSet>;
  readonly taken: Set<string>;
}

function withSets(rule: Rule, table: Table, chain: string, sets: Sets): Rule {
  const parts = rule.parts.map((part) => (part.kind === 'match' ? lookedUp(part, table, chain, sets) : part));
  return parts.some((part, at) => part !== rule.parts[at]) ? { ...rule, parts } : rule;
}

function lookedUp(part: Match, table: Table, chain: string, { own, taken }: Sets): Part {
  const found = isToBeSet(part, table) ? setFor(part, table) : undefined;
  if (!found) return part;
  const key = contentOf(found.set);
  const known = own.get(key);
  const name = known?.name ?? claimName(nameOf(found.set, chain), setNameLimit - loadingSuffix.length, taken);
  if (!known) own.set(key, { ...found.set, name });
  return setFor(part, table, name)?.match ?? part;
}

function contentOf({ type, elements }: NamedSet): string {
  if (elements.kind === 'names') return type;
  const tuples = elements.kind === 'tuples' ? elements.tuples : elements.ranges.map((range) => [range]);
  return [type, ...tuples.map(textOfTuple)].join('\n\n');
}

/** The type first: ipset changes the content of a set with one name, and never its type. */
function nameOf({ type }: NamedSet, chain: string): string {
  const words: Readonly<Record<string, string>> = {
    ipv4_addr: 'net4',
    ipv6_addr: 'net6',
    inet_service: 'port',
    inet_proto: 'proto',
    ifname: 'iface',
  };
  return [...type.split(' . ').map((word) => words[word] ?? word), chain].join('-');
}

// The chains that somebody wrote beside policies between zones and gateways, and that drop what they do not accept:
// what such a chain decides needs no second filter, and what passes the one has to pass the other, too.
import type { AddressFamily } from '../datatype/address.ts';
import type { Chain, Table } from '../syntax/ast.ts';
import { textOf } from '../text/source.ts';
import { ofKind } from './of-kind.ts';

/** A chain that drops by default. */
export interface OwnFilter {
  readonly chain: Chain;
  readonly table: Table;
  /** The versions of IP that it sees. */
  readonly families: readonly AddressFamily[];
}

/** Where packets are filtered. */
export type FilterHook = 'input' | 'forward' | 'output';

/** The chains of a policy that drop by default, by their hooks. */
export type OwnFilters = (hook: FilterHook) => readonly OwnFilter[];

const seen: Readonly<Record<string, readonly AddressFamily[]>> = { ip: [4], ip6: [6], inet: [4, 6] };

/** Finds the chains of these tables that drop by default. */
export function ownFilters(tables: readonly Table[]): OwnFilters {
  return (hook) => tables.flatMap((table) => filtersIn(table, hook));
}

function filtersIn(table: Table, hook: FilterHook): readonly OwnFilter[] {
  const families = seen[table.family?.text ?? 'ip'] ?? [];
  if (isDormant(table)) return [];
  return ofKind(table.items, 'chain')
    .filter(({ policy, ...chain }) => policy?.text === 'drop' && hookOf(chain) === hook)
    .map((chain) => ({ chain, table, families }));
}

/** Chains of such a table see nothing until somebody wakes it. */
function isDormant({ items }: Table): boolean {
  return ofKind(items, 'attribute').some(
    ({ keyword, terms }) => keyword.text === 'flags' && terms.some((term) => textOf(term.span) === 'dormant'),
  );
}

/** The built-in chains of iptables do not say their hook. */
function hookOf({ hook, name }: Pick<Chain, 'hook' | 'name'>): string {
  return hook?.text ?? name.text.toLowerCase();
}

/** Whether these chains see all packets of these versions of IP. */
export function decide(filters: readonly OwnFilter[], families: readonly AddressFamily[]): boolean {
  return families.every((family) => filters.some((one) => one.families.includes(family)));
}

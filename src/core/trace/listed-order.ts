// The order in which everything at a hook runs, where `nft list hooks` tells it.
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { type HookListing, type ListedFunction, type ListedHook, listedHook } from '../hook/listing.ts';
import type { BaseChain, Chain, RuleSet, Table } from '../ir/ruleset.ts';

/** A base chain, or what the kernel itself has at a hook. */
interface Runs {
  readonly kind: 'chain' | 'defrag' | 'conntrack' | 'nat' | 'confirm';
  readonly priority: number;
  readonly hooked?: { readonly table: Table; readonly chain: Chain };
}

/** How the kernel's own functions are called. */
const ownNames = {
  defrag: /defrag/,
  conntrack: /conntrack_(?:in|local)$/,
  nat: /^nf_nat_/,
  confirm: /confirm$/,
} as const;

/** The tables of iptables-legacy: one name for all since Linux 5.16, one for each before. */
const legacyName = /^(?:ipt_do_table|ip6t_do_table|ip6?table_\w+_hook)$/;

/** Things of equal priority in the order of the listing, where it has each of them exactly once. */
export function asListed<One extends Runs>(sorted: readonly One[], listed: ListedHook): readonly One[] {
  const places = sorted.map((one) => placesIn(listed, one));
  const seen = places.flat();
  const isClear = (one: One) =>
    sorted.every((other, at) => {
      const [place, ...more] = places[at] ?? [];
      const isAlone =
        place !== undefined && more.length === 0 && seen.filter((two) => two === place).length === 1;
      return other.priority !== one.priority || isAlone;
    });
  const placeOf = (one: One) => places[sorted.indexOf(one)]?.[0] ?? 0;
  return sorted.toSorted((a, b) => a.priority - b.priority || (isClear(a) ? placeOf(a) - placeOf(b) : 0));
}

function placesIn({ functions }: ListedHook, one: Runs): readonly number[] {
  const places = (isIt: (listed: ListedFunction) => boolean) =>
    functions.flatMap((listed, at) => (listed.priority === one.priority && isIt(listed) ? [at] : []));
  if (one.kind !== 'chain') {
    const pattern = ownNames[one.kind];
    return places(({ name }) => pattern.test(name));
  }
  const own = places((listed) => one.hooked !== undefined && isChain(listed, one.hooked));
  return own.length > 0 ? own : places(({ name }) => legacyName.test(name));
}

/** A table whose name several dumps have is called after its own (loadedBeside). */
function isChain({ chain: listed }: ListedFunction, { table, chain }: NonNullable<Runs['hooked']>): boolean {
  const isOfTable = listed && (table.name === listed.table || table.name.startsWith(`${listed.table} of `));
  return isOfTable === true && listed?.family === table.family && listed.chain === chain.name;
}

/** Warnings about base chains that are not listed, and about what is listed and not among the rules. */
export function listingProblems({ tables }: RuleSet, listing: HookListing): readonly Diagnostic[] {
  const chains = tables.flatMap((table) =>
    table.flags?.includes('dormant')
      ? []
      : table.chains.flatMap((chain) => (chain.base ? [{ table, chain, base: chain.base }] : [])),
  );
  const missing = chains.filter((one) => one.base.type !== 'nat' && isMissing(listing, one));
  const strange = listing.flatMap(({ functions }) =>
    functions.filter((listed) => listed.chain && !chains.some((one) => isChain(listed, one))),
  );
  return [
    ...missing.map(({ table, chain }) =>
      diagnostic(
        'HK6067',
        `chain \`${table.family} ${table.name} ${chain.name}\` is not listed at its hook`,
        {
          span: chain.span,
        },
      ),
    ),
    ...[...new Map(strange.map((one) => [one.name, one])).values()].map(({ name, span }) =>
      diagnostic('HK6068', `\`${name}\` is listed, and not among the rules`, { span }),
    ),
  ];
}

interface Hooked extends NonNullable<Runs['hooked']> {
  readonly base: BaseChain;
}

/** Only where its family and hook are listed at all. */
function isMissing(listing: HookListing, { table, chain, base }: Hooked): boolean {
  const families = table.family === 'inet' ? ['ip', 'ip6'] : [table.family];
  const hooks = families.flatMap((family) =>
    (base.devices ?? [undefined]).flatMap((device) => listedHook(listing, family, base.hook, device) ?? []),
  );
  const one = { kind: 'chain', priority: base.priority, hooked: { table, chain } } as const;
  return hooks.some((listed) => placesIn(listed, one).length === 0);
}

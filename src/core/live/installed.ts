// The rules that the kernel has beside those of a policy: which is which, and what a packet is foretold to meet.
import { compile } from '../compile.ts';
import { hasErrors, type Outcome } from '../diagnostic/diagnostic.ts';
import { ruleText } from '../ir/rule-text.ts';
import type { BaseChain, Chain, NamedSet, Rule, RuleSet, Table } from '../ir/ruleset.ts';
import { changesOf } from '../ir/set.ts';
import { loadPolicy } from '../load.ts';
import { emittedRules } from '../source-map/emitted-rules.ts';
import { keyOf } from '../source-map/mapped-rules.ts';
import { meaningOf } from '../source-map/meaning.ts';
import { handleOf } from '../source-map/sources.ts';

/** A rule of the kernel. */
export interface InstalledRule {
  /** From 1 in its chain. */
  readonly index: number;
  readonly rule: Rule;
  /** The same rule where it is foretold: a rule of the policy, or of a table that the policy does not have. */
  readonly foretold?: { readonly index: number; readonly rule: Rule };
}

/** What the kernel has. */
export interface Installed {
  /** What packets should meet: the tables of the policy, and all others of the machine. */
  readonly foretold: RuleSet;
  /** Tables of the policy that the machine does not have. */
  readonly missing: readonly Pick<Table, 'family' | 'name'>[];
  /** Tables that a trace of nft does not show: of the legacy variant, of devices and bridges. */
  readonly unseen: readonly Pick<Table, 'family' | 'name'>[];
  /** Whether rules look at connections. */
  readonly tracksConnections: boolean;
  /** Where a chain hangs; undefined for one that others jump to. */
  readonly base: (family: string, table: string, chain: string) => BaseChain | undefined;
  /** The rule that an event names. */
  readonly find: (family: string, table: string, handle: number) => InstalledRule | undefined;
}

/** A policy as nft gets it, so that its rules stand where the kernel has them; each has its line of the policy. */
export function asLoaded(ruleSet: RuleSet): Outcome<RuleSet> {
  const { value: text, diagnostics } = compile(ruleSet, 'nft');
  if (text === undefined) return { value: undefined, diagnostics };
  const read = loadPolicy({ name: 'what nft gets', text }, 'nft');
  const origins = new Map(
    emittedRules(ruleSet, 'nft').map(({ family, table, chain, index, rule }) => [
      `${keyOf(family, table, chain)} ${index}`,
      rule,
    ]),
  );
  const problems = hasErrors(read.diagnostics) ? read.diagnostics : [];
  const tables = read.value?.ruleSet.tables.map((table) => ({
    ...table,
    chains: table.chains.map((chain) => ({
      ...chain,
      rules: chain.rules.map(({ span: _span, ...rule }, at): Rule => {
        const span = origins.get(`${keyOf(table.family, table.name, chain.name)} ${at + 1}`)?.span;
        return { ...rule, ...(span && { span }) };
      }),
    })),
  }));
  return { value: tables && { ...ruleSet, tables }, diagnostics: [...diagnostics, ...problems] };
}

/**
 * Lays a policy beside what a machine has. The first `nftTables` of its tables are those of nft; what is of the legacy variant
 * stays as it is.
 */
export function installedRules(live: RuleSet, policy: RuleSet, nftTables: number): Installed {
  const known = new Map<string, InstalledRule>();
  const bases = new Map<string, BaseChain>();
  const ofNft = live.tables.slice(0, nftTables);
  const legacy = live.tables.slice(nftTables);
  const tables = ofNft.map((table) => {
    const own = tableLike(policy.tables, table);
    for (const chain of table.chains) {
      noteChain(known, table, chain, own);
      if (chain.base) bases.set(keyOf(table.family, table.name, chain.name), chain.base);
    }
    return own ? withLiveSets(own, table) : table;
  });
  const missing = policy.tables.filter((table) => !tableLike(live.tables, table));
  const foretold = { ...live, ...policy, tables: [...tables, ...missing, ...legacy] };
  return {
    foretold: withLoads(foretold, live, missing.length),
    missing,
    unseen: [...legacy, ...ofNft.filter(isBelow)],
    tracksConnections: live.tables.some(tracksConnections),
    base: (...place) => bases.get(keyOf(...place)),
    find: (family, table, handle) => known.get(`${keyOf(family, table, '')} ${handle}`),
  };
}

/** What the policy has more is loaded with the tables of nft, which stand first. */
function withLoads(foretold: RuleSet, { loads }: RuleSet, more: number): RuleSet {
  if (!loads) return foretold;
  return {
    ...foretold,
    loads: loads.map((load, at) => (at === 0 ? { ...load, tables: load.tables + more } : load)),
  };
}

/** Where a packet comes before it comes to IP, and so before traces begin. */
function isBelow({ family }: Table): boolean {
  return family === 'netdev' || family === 'bridge' || family === 'arp';
}

function tableLike(tables: readonly Table[], { family, name }: Table): Table | undefined {
  return tables.find((one) => one.family === family && one.name === name);
}

function noteChain(
  known: Map<string, InstalledRule>,
  { family, name }: Table,
  chain: Chain,
  own: Table | undefined,
): void {
  const foretold = own?.chains.find((one) => one.name === chain.name)?.rules ?? [];
  const same = own ? sameRules(chain.rules, foretold) : chain.rules.map((_, at) => at);
  for (const [at, rule] of chain.rules.entries()) {
    const handle = handleOf(rule);
    if (handle === undefined) continue;
    const place = same[at];
    const target = place === undefined ? undefined : (own ? foretold : chain.rules)[place];
    known.set(`${keyOf(family, name, '')} ${handle}`, {
      index: at + 1,
      rule,
      ...(target && place !== undefined && { foretold: { index: place + 1, rule: target } }),
    });
  }
}

/** For each rule the place of the one that means the same: those that mean the same are told by their order. */
function sameRules(live: readonly Rule[], foretold: readonly Rule[]): readonly (number | undefined)[] {
  const places = new Map<string, number[]>();
  for (const [at, rule] of foretold.entries()) {
    const meaning = meaningOf(rule);
    places.set(meaning, [...(places.get(meaning) ?? []), at]);
  }
  const isAsLong = live.length === foretold.length;
  return live.map((rule, at) => {
    // What was not understood of a rule is told by its place.
    const isOpaque = rule.parts.some(({ kind }) => kind === 'opaque');
    return places.get(meaningOf(rule))?.shift() ?? (isOpaque && isAsLong ? at : undefined);
  });
}

/** What a set has gained by packets or lost by time is of the machine. */
function withLiveSets(own: Table, live: Table): Table {
  const now = (set: NamedSet): NamedSet =>
    changesOf(set) === undefined ? set : (live.sets.find(({ name }) => name === set.name) ?? set);
  return { ...own, sets: own.sets.map(now) };
}

/** Told by the words, so that what was not understood counts, too. */
function tracksConnections({ chains }: Table): boolean {
  return chains.some(
    ({ base, rules }) =>
      base?.type === 'nat' ||
      rules.some(
        (rule) => rule.parts.some(({ kind }) => kind === 'opaque') || aboutTracking.test(ruleText(rule)),
      ),
  );
}

const aboutTracking = /(?:^| )(?:ct [a-z]|flow add )/;

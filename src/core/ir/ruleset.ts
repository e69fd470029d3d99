// The rule set: what every input becomes and every back end, the tracer and the analysis start from.
// Nodes are readonly. What a match or statement means is known to its registry entry only, which `key` names.

import type { Range } from '../datatype/range.ts';
import type { Hook } from '../hook/hook.ts';
import type { HookListing } from '../hook/listing.ts';
import type { MachineNeeds } from '../machine/needs.ts';
import type { Span } from '../text/source.ts';
import type { ElementDetails, SetProperties } from './set.ts';
import type { Entry, Tuple } from './tuple.ts';

export type Family = 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev';

/** A complete packet filter. The order of the tables and of their chains is the order of loading. */
export interface RuleSet {
  readonly tables: readonly Table[];
  /** Lines of `ipset save` about sets that no set of a table stands for, word for word. */
  readonly ipset?: readonly string[];
  /** What its machine must have beside the rules. */
  readonly needs?: readonly MachineNeeds[];
  /** The tables in groups, where it is not known which group was loaded before another. */
  readonly loads?: readonly Load[];
  /** What the kernel says of the order at its hooks, where that is told. */
  readonly hooks?: HookListing;
}

/** So many tables that were loaded one after the other, and what holds them. */
export interface Load {
  readonly name: string;
  readonly tables: number;
  /** It is known to have come behind the one that stands before it. */
  readonly behind?: true;
}

export interface Table {
  readonly family: Family;
  readonly name: string;
  /** In the order of `tableFlags`: its chains are not run, it belongs to the process that made it and goes or stays with it. */
  readonly flags?: readonly TableFlag[];
  readonly comment?: string;
  readonly chains: readonly Chain[];
  readonly sets: readonly NamedSet[];
  /** What values are looked up in, for a verdict or for another value; none if absent. */
  readonly maps?: readonly NamedMap[];
  /** What rules refer to by kind and name; none if absent. */
  readonly objects?: readonly NamedObject[];
  /** What an import did not understand of this table, kept word for word. */
  readonly opaque: readonly OpaqueObject[];
  readonly span?: Span;
}

/** What nft has as flags of a table, `persist` since 1.0.9 (nftables, src/parser_bison.y: table_flags). */
export const tableFlags = ['dormant', 'owner', 'persist'] as const;

export type TableFlag = (typeof tableFlags)[number];

export interface Chain {
  readonly name: string;
  readonly comment?: string;
  /** Present if the chain hangs on a hook. */
  readonly base?: BaseChain;
  readonly rules: readonly Rule[];
  readonly span?: Span;
}

export type ChainType = 'filter' | 'nat' | 'route';

export interface BaseChain {
  readonly type: ChainType;
  readonly hook: Hook;
  readonly priority: number;
  readonly policy: 'accept' | 'drop';
  /** What the policy of a built-in chain of iptables had decided, where a dump says it. */
  readonly counters?: Counters;
  /** At ingress and egress the devices that it hangs on. */
  readonly devices?: readonly string[];
  /** The device itself is to carry the rules out. */
  readonly offload?: true;
}

/** Parts are evaluated in order; the first match that fails ends the rule. */
export interface Rule {
  readonly parts: readonly Part[];
  readonly handle?: number;
  /** What the kernel had counted, where a dump says it. */
  readonly counters?: Counters;
  /** The line that caused it: of what is called or short for something, where that is used. */
  readonly span?: Span;
  /** Where calls of definitions led to it: each of them, from the outermost one; none if absent. */
  readonly calls?: readonly Called[];
  /** Where it was made of several rules of the policy: all of them, in their order. The rest is that of the first one. */
  readonly joined?: readonly Rule[];
  /** From 1, of all rules of the rule set; only where what back ends make of one rule is put together. */
  readonly number?: number;
}

/** A definition that was called, and the line in it that led on: another call, or the rule itself. */
export interface Called {
  readonly name: string;
  readonly span: Span;
}

export interface Counters {
  readonly packets: bigint;
  readonly bytes: bigint;
}

export type Part = Match | Statement | OpaquePart;

/** A condition; `args` is what the match of this key makes of it and nobody else looks into. */
export interface Match {
  readonly kind: 'match';
  readonly key: string;
  readonly args: unknown;
  readonly span?: Span;
}

/** Something that a rule does. */
export interface Statement {
  readonly kind: 'statement';
  readonly key: string;
  readonly args: unknown;
  readonly span?: Span;
}

/** What an import did not understand: emitted again word for word, unknown to trace and analysis. */
export interface OpaquePart {
  readonly kind: 'opaque';
  /** What it came from, and so the only back end that can say it again. */
  readonly origin: 'iptables' | 'nft';
  /** A condition, something after which the rule goes on, or something that may also end it with any verdict. */
  readonly role: 'match' | 'statement' | 'unknown';
  /** iptables: the words. nft: the JSON of one statement. */
  readonly content: unknown;
  /** For people. */
  readonly text: string;
  readonly span?: Span;
}

/**
 * An nft object that is no chain, rule or understood set; or, under the name of one of the table's own chains or sets or
 * of the table itself, all of it word for word where our type has no place for everything (a comment, a size).
 */
export interface OpaqueObject {
  readonly origin: 'nft' | 'iptables';
  readonly content: unknown;
  readonly text: string;
}

/** A counter, quota, helper … of a table; `args` is what the definition of the kind makes of it. */
export interface NamedObject {
  /** In the registry of objects: `ct helper`. */
  readonly kind: string;
  readonly name: string;
  readonly args: unknown;
  readonly comment?: string;
  readonly span?: Span;
}

export interface NamedSet extends SetProperties {
  readonly name: string;
  /** The name of a DataType; those of a concatenation with ` . ` between them. */
  readonly type: string;
  readonly elements: SetElements;
  /** The type and options that it has in ipset: `hash:ip family inet hashsize 1024 maxelem 65536`. */
  readonly ipset?: string;
  /** What each element has beside its value, in their order; absent where none has anything. */
  readonly details?: readonly ElementDetails[];
  readonly span?: Span;
}

/** A map from nft's point of view; in a verdict map the data are verdicts. */
export interface NamedMap extends SetProperties {
  readonly name: string;
  /** Like the type of a set. */
  readonly type: string;
  /** The type of the data, `verdict` among them, or the kind of objects that it names. */
  readonly data: string;
  readonly entries: readonly Entry[];
  readonly span?: Span;
}

/** What a set holds, as written: neither sorted nor joined. */
export type Elements =
  | { readonly kind: 'ranges'; readonly ranges: readonly Range[] }
  | { readonly kind: 'names'; readonly names: readonly string[] };

/** What a named set holds: values of one field, or of several at once. */
export type SetElements = Elements | Tuples;

export interface Tuples {
  readonly kind: 'tuples';
  readonly tuples: readonly Tuple[];
}

/** What a field is compared with. `braces`: written as an anonymous set, even of one element. */
export type Value = (Elements & { readonly braces?: true }) | { readonly kind: 'set'; readonly name: string };

/** Finds a set by name; sets belong to their table. */
export function findSet(table: Pick<Table, 'sets'>, name: string): NamedSet | undefined {
  return table.sets.find((set) => set.name === name);
}

/** Finds a map by name. */
export function findMap(table: Pick<Table, 'maps'>, name: string): NamedMap | undefined {
  return table.maps?.find((map) => map.name === name);
}

/** Finds a chain of a table by name. */
export function findChain(table: Table, name: string): Chain | undefined {
  return table.chains.find((chain) => chain.name === name);
}

/** What problems call the rule at an index of a chain. */
export function nameOfRule(
  index: number,
  chain: Pick<Chain, 'name'>,
  { family, name }: Pick<Table, 'family' | 'name'>,
): string {
  return `rule ${index + 1} of chain \`${chain.name}\` in table \`${family} ${name}\``;
}

/** Finds an object by kind and name: a counter and a quota may have the same name. */
export function findObject(
  table: Pick<Table, 'objects'>,
  kind: string,
  name: string,
): NamedObject | undefined {
  return table.objects?.find((object) => object.kind === kind && object.name === name);
}

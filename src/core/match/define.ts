// What a match is: one definition holds its spelling in the language, in iptables and in nft JSON, and its truth.
// Import, emission, the tracer and the reference page are derived from it; nobody else knows a match by name.
import type { Node } from '../bdd/bdd.ts';
import type { Field } from '../field/define.ts';
import type { Symbols } from '../field/symbolic.ts';
import type { PacketView } from '../field/view.ts';
import type { Hook } from '../hook/hook.ts';
import {
  findMap,
  findObject,
  findSet,
  type NamedMap,
  type NamedObject,
  type NamedSet,
  type Table,
  type Value,
} from '../ir/ruleset.ts';
import type { Tuple } from '../ir/tuple.ts';
import type { JsonValue } from '../nft/json-value.ts';
import type { Injection } from '../packet/packet.ts';
import type { Distinction } from './distinction.ts';
import type { Condition, IptablesReader, IptablesTarget } from './iptables-spelling.ts';
import type { Memory } from './memory.ts';
import type { TermReader, TupleValue } from './reader.ts';
import type { Selector } from './selector.ts';
import type { Borders } from './tuple-borders.ts';

export interface MatchDefinition<Args> {
  /** The words that begin it in the language, also its name in the registry: `tcp dport`. */
  readonly key: string;
  /** Other words for the same in the language: `iif` for `iifname`. */
  readonly aliases?: readonly string[];
  /** One sentence for the reference page, completion and `explain`. */
  readonly summary: string;
  /** The only family whose packets it can match. */
  readonly family?: 'ip' | 'ip6';
  /** The only IP version whose packets it leaves, where that depends on what is compared. */
  leaves?(args: Args): 'ip' | 'ip6' | undefined;
  /** What it compares, where that may also be part of a concatenation or the key of a map. */
  readonly selector?: Selector;
  /** It tells the families apart; nft takes it only in tables that see both. */
  readonly bothFamiliesOnly?: true;
  /** Reads what follows the key; complains itself and returns undefined where it can't. */
  read(reader: TermReader): Args | undefined;
  /** The whole match in the language, key included. */
  write(args: Args): string;
  readonly nft: NftMatchSpelling<Args>;
  readonly iptables: IptablesMatchSpelling<Args>;
  evaluate(args: Args, context: EvaluationContext): Truth;
  /** For which of all packets it holds; absent, or undefined, where nobody can tell: a condition of its own. */
  symbolic?(args: Args, context: SymbolicContext): Node | undefined;
  /** The packet as a sender would have to make it for the condition to hold, or not; undefined where no sender can. */
  satisfy?(
    args: Args,
    injection: Injection,
    context: EvaluationContext,
    holds: boolean,
  ): Injection | undefined;
  /** Packets on both sides of every border that it draws, where that is more than its holding or not. */
  borders?(args: Args, injection: Injection, lookups: Lookups): Borders | undefined;
  /** All that its truth depends on; absent, or undefined, where that is not said. */
  distinguishes?(args: Args, lookups: Lookups): readonly Distinction[] | undefined;
  /** Whether `one` holds for every packet for which `other` does, or for none of them; undefined where that is not evident. */
  relate?(one: Args, other: Args): 'covers' | 'excludes' | undefined;
  /** The values of which a field must have one, where that is what it asks. */
  wants?(args: Args): Wanted | undefined;
  /** All that it asks, where that is only that fields have the values of one of some tuples. */
  selects?(args: Args): Selection | undefined;
  /** The arguments with which it selects these; only of a match that compares one field. */
  select?(value: TupleValue): Args | undefined;
  /** The connections that it counts, where it compares their number. */
  counts?(args: Args): ConnectionLimit | undefined;
  /** Names of the sets that it refers to. */
  sets(args: Args): readonly string[];
  /** The objects of the rule's table that it names itself. */
  objects?(args: Args): readonly ObjectName[];
  /** The maps of the rule's table that it names. */
  maps?(args: Args): readonly MapName[];
  /** What a trace must know beside the packet and its connection; absent: nothing, it answers exactly. */
  readonly knowledge?: Knowledge | undefined;
  /** The truth changes with what was counted before: two copies of the rule are not one rule. */
  readonly stateful?: true;
  /** Whether only packets of a protocol with ports match. */
  transports?(args: Args): boolean;
  /** A rule with it has the kernel show frames in bridges to the rules of IP. */
  readonly needsBridgeFilter?: true;
  /** The kernel tracks connections as soon as a rule of the family refers to them. */
  readonly usesConntrack?: true;
  /** The same where it depends on what is compared. */
  refersToConntrack?(args: Args): boolean;
}

/** Fields, by the keys of their matches, and the values of which they have one each at a time. */
export interface Selection {
  readonly keys: readonly string[];
  readonly tuples: readonly Tuple[];
}

/** A field and the values of which it must have one, after `& mask` where one is given. */
export interface Wanted {
  readonly field: Field;
  readonly mask?: bigint;
  readonly value: Value;
}

/** So many connections at the most, of all that come to a rule, or of each address. */
export interface ConnectionLimit {
  readonly most: bigint;
  readonly each: boolean;
}

/** On what an exact answer depends that is not in a packet as a trace is given it. */
export type Knowledge =
  /** The facts of a host. */
  | 'host'
  /** The time at which the packet comes. */
  | 'time'
  /** What passed before: a trace assumes the usual and says so. */
  | 'history'
  /** Nobody can tell a trace, for this reason: it follows both answers. */
  | { readonly unknown: string };

export interface NftMatchSpelling<Args> {
  /**
   * One statement of a rule's `expr`, or what belongs to the rule itself. In a table of one IP version, which is given
   * then, nft does not repeat that.
   */
  write(args: Args, only?: 'ip' | 'ip6', around?: NftAround): NftSpelled;
  /**
   * The arguments if the statement is this match, undefined if it is something else. A rule's comment comes in the form
   * `{ "comment": … }`.
   */
  read(statement: JsonValue): Args | undefined;
}

/** What surrounds a part in its rule. */
export interface NftAround {
  /** The one transport protocol that the rule has demanded of the packet so far. */
  readonly protocol?: number | undefined;
  /** Where its chain hangs; a chain without a hook may be reached from several. */
  readonly hook?: Hook | undefined;
  /** A name that nothing else in the table has, for a set of the rule's own. */
  readonly uniqueName?: () => string;
}

/** nft keeps a comment beside a rule's statements. `unsupported`: why nft can't say it, in the user's words. */
export type NftSpelled =
  | { readonly statement: JsonValue }
  | { readonly statements: readonly JsonValue[] }
  /**
   * Takes a rule for each, in this order; no packet meets the conditions of two of them. `families`: they are one for
   * each family, which counts by itself what it counts.
   */
  | { readonly alternatives: readonly (readonly JsonValue[])[]; readonly families?: true }
  | { readonly comment: string }
  | { readonly unsupported: string };

export interface IptablesMatchSpelling<Args> {
  write(args: Args, target: IptablesTarget): Condition;
  readonly readers: readonly IptablesReader<Args>[];
}

/** What one counter, helper, flowtable … is told from others by. */
export type ObjectName = Pick<NamedObject, 'kind' | 'name'>;

/** A map and what must be in it: `verdict`, a kind of objects, or `value`. */
export interface MapName {
  readonly name: string;
  readonly data: string;
}

/** The sets, maps and objects of a rule's table. */
export interface Lookups {
  findSet(name: string): NamedSet | undefined;
  findMap(name: string): NamedMap | undefined;
  findObject(kind: string, name: string): NamedObject | undefined;
  /** Whether something changes the set or map that is not understood. */
  isObscure?(name: string): boolean;
  /** Whether elements of the set have limits of their own, which who finds one asks, too. */
  isLimited?(name: string): boolean;
}

/** What a table holds, by name. */
export function lookupsOf(table: Pick<Table, 'sets' | 'maps' | 'objects'>): Lookups {
  return {
    findSet: (name) => findSet(table, name),
    findMap: (name) => findMap(table, name),
    findObject: (kind, name) => findObject(table, kind, name),
  };
}

/** What a match may ask while it is evaluated. */
export interface EvaluationContext extends Lookups {
  readonly view: PacketView;
  /** What was counted before; there where the packet is to be counted. */
  readonly memory?: Memory;
  /** Which of so many values `satisfy` is to take; the first where absent. */
  readonly choose?: (count: number) => number;
}

/** What a match may ask where it is said of all packets at once. */
export interface SymbolicContext extends Lookups, Symbols {}

/** Whether a condition holds; nothing is ever passed without having been evaluated. */
export type Truth =
  /** `actual`: what the packet has there, for the step's reason. */
  | { readonly result: true | false; readonly actual: string }
  /** Not decidable from what was given: the trace follows both ways. */
  | { readonly result: 'unknown'; readonly why: string }
  /** Decided by something outside the packet that has a usual answer; the trace states the assumption. */
  | { readonly result: 'assumed'; readonly holds: boolean; readonly assumption: string };

/**
 * Forgets the type of a definition's arguments, which only its own functions look into. They are methods, so that the
 * compiler allows it.
 */
export function defineMatch<Args>(definition: MatchDefinition<Args>): MatchDefinition<unknown> {
  return definition;
}

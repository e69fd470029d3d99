// What a statement is: one definition holds its spelling in the language, in iptables and in nft JSON, and its effect.

import type { Zone } from '../conntrack/entry.ts';
import type { AddressFamily } from '../datatype/address.ts';
import type { Range } from '../datatype/range.ts';
import type { Unknown } from '../field/view.ts';
import type { Hook } from '../hook/hook.ts';
import type { NamedSet, Part } from '../ir/ruleset.ts';
import type { MapVerdict, Tuple } from '../ir/tuple.ts';
import type {
  EvaluationContext,
  Knowledge,
  Lookups,
  MapName,
  NftMatchSpelling,
  ObjectName,
  SymbolicContext,
} from '../match/define.ts';
import type { Distinction } from '../match/distinction.ts';
import type { Condition, IptablesReader, IptablesTarget } from '../match/iptables-spelling.ts';
import type { TermReader } from '../match/reader.ts';
import type { Borders } from '../match/tuple-borders.ts';
import type { ExpectationObject, HelperObject } from '../object/connection.ts';
import type { IcmpKind, Injection, Packet } from '../packet/packet.ts';
import type { SymbolicCase } from './symbolic.ts';

export interface StatementDefinition<Args> {
  /** Its name in the registry and the words that begin it in the language: `accept`, `meta mark set`. */
  readonly key: string;
  /** Other words for the same in the language. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  read(reader: TermReader): Args | undefined;
  write(args: Args): string;
  readonly nft: NftMatchSpelling<Args>;
  readonly iptables: {
    /** One target, nothing (what iptables does anyway, such as counting), or why it can't be said. */
    write(args: Args, target: IptablesTarget): TargetSpelling;
    /** `module` is the target's name. */
    readonly readers: readonly IptablesReader<Args>[];
  };
  execute(args: Args, context: EvaluationContext): Effect;
  /** The same for all packets at once; absent where that is not worked out: then they may go any way. */
  symbolic?(args: Args, context: SymbolicContext): readonly SymbolicCase[];
  /** Packets on both sides of every border between different things that it does. */
  borders?(args: Args, injection: Injection, lookups: Lookups): Borders | undefined;
  /** All that decides which of several things it does; absent, or undefined, where that is not said. */
  distinguishes?(args: Args, lookups: Lookups): readonly Distinction[] | undefined;
  /** What a trace must know beside the packet and its connection; absent: nothing, it does exactly what the kernel does. */
  readonly knowledge?: Knowledge | undefined;
  /** Nothing after it in its rule is reached. */
  readonly terminal: boolean;
  /** Every packet that comes to it goes on to what stands behind it in its rule, as it was. */
  readonly passes?: true;
  /** It counts the packets of its rule and does nothing else, as every rule of iptables does anyway. */
  readonly countsOnly?: true;
  /** Whether no packet that comes to it goes on in its chain; not if absent. */
  ends?(args: Args): boolean;
  /**
   * Whether it does the same to a packet whichever rule it stands in, and does it once: rules that differ in their
   * conditions only may be one; not if absent.
   */
  constant?(args: Args): boolean;
  /** Chains that contain it are of this type. */
  readonly chainType?: 'nat' | 'route';
  /** The only family of whose packets it has the kernel track connections, if it is of one (nft_nat.c: nft_nat_init). */
  tracksOnly?(args: Args): AddressFamily | undefined;
  /** Whether it names ports, so that its rule must name a protocol that has them (net/netfilter/nft_nat.c, xt_nat). */
  ported?(args: Args): boolean;
  /** The same as a verdict of a map, which not all are. */
  inMap?(args: Args): MapVerdict;
  /** The only hooks from which it may be reached. */
  readonly hooks?: readonly Hook[];
  /** What becomes of the packets that come to it, where that asks something of the machine. */
  outcome?(args: Args): Outcome | undefined;
  /** The chain it refers to. */
  chain?(args: Args): string | undefined;
  /** The chains that a map leads to. */
  chains?(args: Args, lookups: Lookups): readonly string[];
  /** Whether it may end its chain with a verdict whose meaning depends on which chain that is: `return`, `goto`. */
  leavesChain?(args: Args, lookups: Lookups): boolean;
  /** The kernel tracks connections as soon as a rule of the family refers to them. */
  readonly usesConntrack?: true;
  /** The same where it depends on what is looked up. */
  refersToConntrack?(args: Args): boolean;
  /** The set or map of the rule's table that it adds to or deletes from. */
  updates?(args: Args): string;
  /** What it `updates` loses elements. */
  readonly deletes?: true;
  /** The objects of the rule's table that it names itself. */
  objects?(args: Args): readonly ObjectName[];
  /** The maps of the rule's table that it names. */
  maps?(args: Args): readonly MapName[];
  /** It changes something that the rule's conditions may look at. */
  readonly changesPacket?: true;
}

/** What a statement makes of packets; absent addresses and ports stay, or are those that the machine has. */
export type Outcome =
  /** They pass. */
  | { readonly kind: 'accept' }
  /** They come from, or go to, somewhere else. */
  | { readonly kind: 'source' | 'destination'; readonly addresses?: FamilyRange; readonly ports?: Range }
  /** They go to a program of this host. */
  | { readonly kind: 'here'; readonly ports?: Range }
  /** The handshake of TCP is made in the place of a program. */
  | { readonly kind: 'syn-proxy' };

/** Addresses of one family. */
export interface FamilyRange extends Range {
  readonly family: AddressFamily;
}

export type TargetSpelling =
  | {
      readonly kind: 'target';
      readonly words: readonly string[];
      readonly protocol?: number;
      readonly goto?: true;
    }
  /**
   * The statement of the first case whose condition holds. `overlapping`: a packet may be in two of them, if only after
   * one was carried out.
   */
  | { readonly kind: 'cases'; readonly cases: readonly TargetCase[]; readonly overlapping?: boolean }
  /** It ends the rule for some packets and counts, which in iptables is a condition. */
  | { readonly kind: 'condition'; readonly condition: Condition }
  | { readonly kind: 'nothing' }
  /** The statement doesn't apply to this family's packets: the rule is left out. */
  | { readonly kind: 'never' }
  | { readonly kind: 'unsupported'; readonly why: string; readonly help?: string };

/** One of the things that a statement may do, depending on the packet. */
export interface TargetCase {
  readonly when: Condition;
  /** The condition counts. */
  readonly stateful?: true;
  /** A statement of the registry. */
  readonly what: { readonly key: string; readonly args: unknown };
}

/** Where control goes after a rule; `reject` drops and answers. */
export type Verdict =
  | { readonly kind: 'accept' | 'drop' | 'continue' | 'return' | 'queue' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'reject'; readonly with: string; readonly answer: RejectAnswer };

/** What a packet that is rejected is answered with, in the packet's own family. */
export type RejectAnswer = 'tcp reset' | IcmpKind;

/** What a nat statement asks of nf_nat_setup_info (struct nf_nat_range2); absent parts are kept as they are. */
export interface NatRequest {
  readonly manip: 'source' | 'destination';
  /** `fixed`: the range's address. Otherwise the address comes from the outgoing or incoming interface. */
  readonly address: 'fixed' | 'masquerade' | 'redirect';
  readonly family?: AddressFamily;
  readonly addresses?: Range;
  readonly ports?: Range;
  /** The port that becomes the first of `ports`, those above likewise (NF_NAT_RANGE_PROTO_OFFSET). */
  readonly basePort?: bigint;
  /** Host bits are kept: the addresses are a network (NF_NAT_RANGE_NETMAP). */
  readonly netmap?: boolean;
  readonly random?: boolean;
  readonly fullyRandom?: boolean;
  readonly persistent?: boolean;
  /** It translates to something that nobody can tell, with the reason. */
  readonly unknown?: string;
}

/** Fields of the packet that get another value. */
export type PacketChange = Partial<Omit<Packet, 'family' | 'protocol'>>;

/** What a statement does; `note` says it to a person. */
export type Effect =
  /** `assumption`: what is taken for granted of other packets from here on. */
  | { readonly kind: 'none'; readonly note?: string; readonly assumption?: string }
  | { readonly kind: 'verdict'; readonly verdict: Verdict; readonly note?: string }
  | { readonly kind: 'nat'; readonly request: NatRequest }
  | { readonly kind: 'set-mark'; readonly value: number; readonly note: string }
  | { readonly kind: 'set-ct-mark'; readonly value: number; readonly note: string }
  /** The connection gets labels, a bit for each, beside those that it has. */
  | { readonly kind: 'add-labels'; readonly bits: bigint; readonly note: string }
  | { readonly kind: 'untrack' }
  /** The connection goes into a flowtable; what its packets skip from then on is not followed. */
  | { readonly kind: 'offload'; readonly note: string; readonly assumption: string }
  /** A copy goes to a neighbour as a packet of this host's own, or where there is none by the device at once. */
  | { readonly kind: 'copy'; readonly to?: bigint; readonly device?: string; readonly note: string }
  /** The packet leaves by the device at once. `hop`: it counts as passed on. */
  | { readonly kind: 'leave'; readonly device: string; readonly hop: boolean; readonly note: string }
  /** A connection that is not confirmed yet is remembered by these times, in seconds, instead of the host's. */
  | {
      readonly kind: 'set-timeouts';
      readonly protocol: 'tcp' | 'udp';
      readonly seconds: Readonly<Record<string, number>>;
      readonly note: string;
    }
  /** A connection that is not confirmed yet gets a helper; undefined where it is not told which. */
  | {
      readonly kind: 'set-helper';
      readonly helper: HelperObject | undefined;
      readonly note: string;
      readonly assumption: string;
    }
  /** Conntrack expects a connection beside that of the packet; undefined where it is not told which. */
  | {
      readonly kind: 'expect';
      readonly expected: ExpectationObject | undefined;
      readonly name: string;
      readonly note: string;
    }
  /** `field`: the one that the change is of. */
  | {
      readonly kind: 'set-packet';
      readonly change: PacketChange;
      readonly field?: string;
      readonly note: string;
    }
  /**
   * Conntrack will look for the packet in another zone; absent directions keep theirs. A connection that it begins gets
   * the helper.
   */
  | {
      readonly kind: 'set-zone';
      readonly zone: Partial<Zone>;
      readonly helper?: string;
      readonly note: string;
    }
  /** The set or map gains or loses an element; without a key it is not known which. */
  | {
      readonly kind: 'update-set';
      readonly set: string;
      readonly op: 'add' | 'update' | 'delete';
      readonly key?: Tuple;
      /** What a map gets for the key. */
      readonly data?: Tuple;
      /** Seconds that the element stays. */
      readonly timeout?: number;
      /** What the element counts; its limits may end the rule. */
      readonly statements?: readonly Part[];
      /** The set itself, where the table has none of that name: the rule's own. */
      readonly holder?: NamedSet;
      readonly note: string;
    }

  /** It has nothing to do with this packet: the rule ends like after a match that failed. */
  | {
      readonly kind: 'mismatch';
      readonly condition: string;
      readonly actual: string;
      readonly assumption?: string;
    }
  | { readonly kind: 'unknown'; readonly why: string }
  /** One of these, and nobody can tell which: the trace follows them all. */
  | {
      readonly kind: 'one-of';
      readonly why: string;
      readonly ways: readonly [PossibleEffect, ...PossibleEffect[]];
    }
  /** A field that is no part of a packet here gets a value, perhaps one that is not known. */
  | {
      readonly kind: 'set-field';
      readonly field: string;
      readonly value: bigint | Unknown;
      readonly note: string;
    };

/** One of several effects; `label` completes "the packet's lookup gives …". */
export interface PossibleEffect {
  readonly label: string;
  readonly effect: Effect;
  /** The same, and the packet is counted by what it asks. */
  readonly counted?: () => Effect;
}

/** The effect that is one of several; those with the same label are one. */
export function oneOf(why: string, ways: readonly PossibleEffect[]): Effect {
  const [first, ...others] = ways.filter(
    ({ label }, at) => ways.findIndex((one) => one.label === label) === at,
  );
  if (!first || others.length > mostWays) return { kind: 'unknown', why };
  return others.length === 0 ? first.effect : { kind: 'one-of', why, ways: [first, ...others] };
}

/** More than these are not followed one by one. */
const mostWays = 15;

/**
 * Forgets the type of a definition's arguments, which only its own functions look into. They are methods, so that the
 * compiler allows it.
 */
export function defineStatement<Args>(definition: StatementDefinition<Args>): StatementDefinition<unknown> {
  return definition;
}

// All packets of one version of IP on their way through a host: where they are, where they have ended, and what was decided
// about them on the way. The counterpart of src/core/trace/run.ts.
import type { Bdd, Node } from '../bdd/bdd.ts';
import { equals } from '../bdd/vector.ts';
import { type AddressFamily, addressWidth } from '../datatype/address.ts';
import { numberType } from '../datatype/define.ts';
import { ctState, trackedEntry } from '../field/ct.ts';
import { defineField, type Field } from '../field/define.ts';
import { inputInterface, outputInterface } from '../field/meta.ts';
import { destinationAddress, localSocket, sourceAddress } from '../field/parts.ts';
import {
  constantBits,
  type SymbolicName,
  type SymbolicNumber,
  type SymbolicValue,
} from '../field/symbolic.ts';
import type { Hook } from '../hook/hook.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import { interfaceMatches } from '../match/interface-pattern.ts';
import type { NatRequest } from '../statement/define.ts';
import type { Host } from '../topology/host.ts';
import type { Deciding, Fate, StackReason, TraceVerdict } from '../trace/step.ts';
import type { Budget } from './lint/budget.ts';
import type { Space } from './space.ts';
import { inputValueOf, type RuleName, type Seen, withValue } from './walk-place.ts';
import { joined, type Values, type WalkState } from './walk-state.ts';

/** What is asked about all packets. */
export interface WalkRequest {
  readonly space: Space;
  readonly ruleSet: RuleSet;
  /** Without host facts, packets go where their output interface says: to this host if they have none. */
  readonly host?: Host | undefined;
  /** They come in by an interface, or a program of this host sends them. */
  readonly direction: 'in' | 'out';
  /** Those that are looked at; all if absent. */
  readonly packets?: Node;
  /** Without what comes in by ports of bridges and bonds, where no rule tells it from what comes in by these. */
  readonly withoutPorts?: true;
  readonly seen?: Seen;
  /** How long it may take: throws `TimeOver` where that is over. */
  readonly budget?: Budget | undefined;
  /** What rules are called where nobody can tell what they do; by their numbers if absent. */
  readonly nameOf?: RuleName | undefined;
}

/** Packets that ended alike. `depends`: where they go is not worked out, for the reason that `why` says. */
export interface FateEnd {
  readonly node: Node;
  /** What rules have made of them. */
  readonly values: Values;
  readonly verdict: TraceVerdict;
  readonly fate: Fate;
  readonly reason?: StackReason;
  /** The interface that they leave by, where host facts say it. */
  readonly out?: string;
  readonly why?: string;
  /** What ended them, if a rule or a policy did. */
  readonly deciding?: Deciding;
}

/** How a base chain left packets. */
export interface ChainDecision {
  readonly node: Node;
  readonly hook: Hook;
  readonly nat: boolean;
  readonly result: 'accept' | 'drop' | 'queue' | 'reject' | 'nat';
  readonly deciding: Deciding;
}

/** What a rule gives the new connections of packets. */
export interface PathTranslation {
  readonly node: Node;
  readonly manip: NatRequest['manip'];
  readonly deciding: Deciding;
  readonly request: NatRequest;
}

/** A way through the host, and what is left behind on it. */
export interface Journey {
  readonly request: WalkRequest;
  readonly space: Space;
  readonly bdd: Bdd;
  readonly family: AddressFamily;
  readonly ends: FateEnd[];
  readonly decisions: ChainDecision[];
  readonly translations: PathTranslation[];
  readonly assumptions: Set<string>;
}

/** Ends packets. */
export function finish(journey: Journey, { path, values }: WalkState, end: HowEnded): void {
  if (path !== 0) journey.ends.push({ node: path, values, ...end });
}

/** An end without the packets. */
export type HowEnded = Omit<FateEnd, 'node' | 'values'>;

/** Ends packets because the stack, not a rule, drops them. */
export function dropByStack(journey: Journey, state: WalkState, reason: StackReason): void {
  finish(journey, state, { verdict: 'drop', fate: 'dropped', reason });
}

/** The packets of a state that something holds for, and the others. */
export function divided(
  { bdd }: Pick<Journey, 'bdd'>,
  { path, values }: WalkState,
  holds: Node,
): readonly [WalkState, WalkState] {
  return [
    { path: bdd.and(path, holds), values },
    { path: bdd.minus(path, holds), values },
  ];
}

/** Packets that come together. */
export function together({ bdd, space }: Journey, states: readonly WalkState[]): WalkState {
  return joined(bdd, states, inputValueOf(space));
}

const bit = numberType('integer', 'a bit', 1);

function ownMark(name: string): Field {
  return defineField(name, bit, () => undefined, { symbol: { kind: 'own' } });
}

/** What the walk itself remembers of packets. */
export const marks = {
  /** Conntrack has seen it. */
  seen: ownMark('seen by conntrack'),
  /** `notrack` was executed before. */
  untracked: ownMark('kept out of conntrack'),
  /** A rule has said before conntrack how to track it. */
  template: ownMark('told conntrack how to track it'),
  /** Its new connection is bound to its destination, or to its source. */
  destination: ownMark('bound to its destination'),
  source: ownMark('bound to its source'),
  /** It has another destination than it came with, or was sent to. */
  moved: ownMark('sent elsewhere'),
  /** The interface that a second lookup found at OUTPUT, which POSTROUTING is the first to see. */
  rerouted: defineField('routed again', outputInterface.type, () => undefined, { symbol: { kind: 'own' } }),
} as const;

/** A number that all packets have. */
export function constant(value: bigint, width: number): SymbolicNumber {
  return { kind: 'number', present: 1, bits: constantBits(value, width) };
}

/** A mark that these packets have. */
export function markedBy(node: Node): SymbolicNumber {
  return { kind: 'number', present: 1, bits: [node] };
}

/** A name that all packets have. */
export function named(name: string): SymbolicName {
  return { kind: 'name', present: 1, is: (pattern) => (interfaceMatches(pattern, name) ? 1 : 0) };
}

/** The name of no packet's interface. */
const nowhere: SymbolicName = { kind: 'name', present: 0, is: () => 0 };

/** Some fields have other values from here on. */
export function withValues(
  { space }: Journey,
  values: Values,
  changes: readonly (readonly [Field, SymbolicValue])[],
): Values {
  return changes.reduce((before, [field, value]) => withValue(space, before, field, value), values);
}

/** Packets as conntrack has not seen them yet: `ct state` is invalid without a connection. */
export function beforeConntrack(journey: Journey, values: Values): Values {
  return withValues(journey, values, [
    ...Object.values(marks).map((field) => [field, field.type.text ? nowhere : markedBy(0)] as const),
    [ctState, constant(ctState.type.constants?.get('invalid') ?? 0n, ctState.type.width)],
    [trackedEntry, markedBy(0)],
    [localSocket, markedBy(journey.request.direction === 'out' ? 1 : 0)],
  ]);
}

/** The value of a field of packets as they are now. */
export function currentValue({ space }: Journey, values: Values, field: Field): SymbolicValue {
  return space.at({ hook: 'forward', changed: values }).read(field);
}

/** Its bits; none of a name. */
export function bitsOf(journey: Journey, values: Values, field: Field): readonly Node[] {
  const value = currentValue(journey, values, field);
  return value.kind === 'number' ? value.bits : [];
}

/** Packets with a mark of the walk. */
export function isMarked(journey: Journey, values: Values, field: Field): Node {
  return bitsOf(journey, values, field)[0] ?? 0;
}

/** The bits of the source or destination address of the journey's version of IP. */
export function addressBits(
  journey: Journey,
  values: Values,
  side: 'source' | 'destination',
): readonly Node[] {
  const field = side === 'source' ? sourceAddress : destinationAddress;
  return bitsOf(journey, values, field).slice(0, addressWidth(journey.family));
}

/** Packets with a number in a field. */
export function isValue(journey: Journey, values: Values, field: Field, value: bigint): Node {
  return equals(journey.bdd, bitsOf(journey, values, field), value);
}

/** Packets whose interface has the name. */
export function isNamed(journey: Journey, values: Values, side: 'in' | 'out', name: string): Node {
  const value = currentValue(journey, values, side === 'in' ? inputInterface : outputInterface);
  return value.kind === 'name' ? value.is(name) : 0;
}

// What a field is for all packets at once: functions of the variables of an analysis. A field says of which variables it
// is made and which packets have it; who analyses gives it the variables.
import type { Bdd, Node } from '../bdd/bdd.ts';
import { equals } from '../bdd/vector.ts';
import type { Hook } from '../hook/hook.ts';
import type { Field, FieldValue } from './define.ts';
import { type FibQuestion, isUnknown, type PacketView, type Unknown } from './view.ts';

/** What all packets have there. A packet without the field fails every comparison with it, whatever `bits` say. */
export type SymbolicValue = SymbolicNumber | SymbolicName;

/** A number, the most significant bit first. */
export interface SymbolicNumber {
  readonly kind: 'number';
  readonly present: Node;
  readonly bits: readonly Node[];
}

/** A name. */
export interface SymbolicName {
  readonly kind: 'name';
  readonly present: Node;
  /** Whether it is that of a pattern, which may end in `*`. */
  is(pattern: string): Node;
}

/** What is known of packets at one place of the rules. */
export interface Symbols {
  readonly bdd: Bdd;
  readonly hook: Hook;
  read(field: Field): SymbolicValue;
  /** A condition of which nobody knows anything but its name: the same name is the same condition. */
  free(name: string): Node;
  /** Absent where the host is not known that packets are on. */
  readonly routed?: AskRouting;
}

/**
 * Asks the routing tables of a host about packets of every class that they treat alike; `side`: the address that they are
 * asked for. No packet is in two answers, and each in one. Undefined where there are too many classes.
 */
export type AskRouting = <Answer extends FieldValue | boolean>(
  side: FibQuestion['side'],
  read: (view: PacketView) => Answer,
) => readonly RoutingAnswer<Answer>[] | undefined;

/** What routing tables say of some packets. */
export interface RoutingAnswer<Answer> {
  readonly when: Node;
  readonly answer: Answer;
}

/** For which packets something holds. */
export type Condition = (symbols: Symbols) => Node;

/** What holds for a packet that has these bits somewhere. */
export type Within = (symbols: Symbols, bits: readonly Node[]) => Node;

/** How a field is said of all packets. */
export type FieldSymbol = OwnVariables | PartOfOther | WorkedOut | ToldByRouting;

/** It has variables of its own. */
export interface OwnVariables {
  readonly kind: 'own';
  /** Which packets may have it; all if absent. */
  readonly present?: Condition;
  /** Not all of those have it, and nothing else tells which. */
  readonly mayMiss?: true;
  /** The only values that it has, where they are few. */
  readonly values?: readonly bigint[];
  /** What else is to hold for a packet that has these bits there. */
  readonly within?: Within;
  /** A trace is not told it, so that an answer which depends on it names it. */
  readonly untold?: true;
  /** It is another one each time that a rule asks. */
  readonly drawn?: true;
}

/** As many bits of another field as its type has, from this one on, counted from the most significant. */
export interface PartOfOther {
  readonly kind: 'part';
  readonly of: Field;
  readonly from: number;
  /** Which packets have it; all if absent. */
  readonly present?: Condition;
}

/** It follows from others. */
export interface WorkedOut {
  readonly kind: 'worked out';
  readonly value: (symbols: Symbols) => SymbolicValue;
}

/** Routing tables say it of one of the addresses; without host facts it has variables of its own. */
export interface ToldByRouting {
  readonly kind: 'routed';
  readonly side: FibQuestion['side'];
}

/** The packets of which routing tables say that something holds; undefined where they are not known, or do not tell. */
export function heldByRouting(
  { bdd, routed }: Symbols,
  side: FibQuestion['side'],
  holds: (view: PacketView) => boolean | Unknown,
): Node | undefined {
  const answers = routed?.(side, holds);
  if (!answers || answers.some(({ answer }) => isUnknown(answer))) return undefined;
  return answers.reduce<Node>((any, { when, answer }) => (answer === true ? bdd.or(any, when) : any), 0);
}

/** Packets that have the field with this number in it. */
export function fieldIs(symbols: Symbols, field: Field, number: bigint): Node {
  const value = symbols.read(field);
  if (value.kind !== 'number') return 0;
  return symbols.bdd.and(value.present, equals(symbols.bdd, value.bits, number));
}

/** The bits of a number, the most significant first. */
export function constantBits(number: bigint, width: number): readonly Node[] {
  return Array.from({ length: width }, (_, at) => Number((number >> BigInt(width - 1 - at)) & 1n));
}

/** The one number where the condition holds, else the other; both have as many bits. */
export function choose(
  { bdd }: Pick<Symbols, 'bdd'>,
  condition: Node,
  one: readonly Node[],
  other: readonly Node[],
): readonly Node[] {
  return one.map((bit, at) => bdd.ite(condition, bit, other[at] ?? 0));
}

/** The bits of a field that is a number. */
export function bitsOf(symbols: Symbols, field: Field): readonly Node[] {
  const value = symbols.read(field);
  return value.kind === 'number' ? value.bits : [];
}

/** A number less another, which is not above it. */
export function less({ bdd }: Pick<Symbols, 'bdd'>, bits: readonly Node[], number: bigint): readonly Node[] {
  const result: Node[] = [];
  let borrow: Node = 0;
  for (const [place, bit] of bits.toReversed().entries()) {
    const taken = Number((number >> BigInt(place)) & 1n);
    const difference = taken ? bdd.not(bit) : bit;
    result.unshift(bdd.xor(difference, borrow));
    borrow = taken ? bdd.or(bdd.not(bit), borrow) : bdd.minus(borrow, bit);
  }
  return result;
}

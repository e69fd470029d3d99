// What a statement does to all packets at once: a few cases, each with the packets that it is for.
import type { Node } from '../bdd/bdd.ts';
import type { AddressFamily } from '../datatype/address.ts';
import type { Field } from '../field/define.ts';
import { metaL4proto, metaNfproto } from '../field/meta.ts';
import { fieldIs } from '../field/symbolic.ts';
import type { SymbolicContext } from '../match/define.ts';
import type { NatRequest, Verdict } from './define.ts';

/** What a statement does to some packets. Every packet is in exactly one case of a statement. */
export interface SymbolicCase {
  /** Over what is known of packets as they came in, and over free variables. */
  readonly when: Node;
  readonly effect: SymbolicEffect;
}

/** As the effect of the same name on one packet, as far as it says where packets go and what they are. */
export type SymbolicEffect =
  | { readonly kind: 'none' | 'mismatch' | 'untrack' | 'set-zone' }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | { readonly kind: 'nat'; readonly request: NatRequest }
  | { readonly kind: 'leave'; readonly device: string; readonly hop: boolean }
  | { readonly kind: 'set'; readonly changes: readonly FieldChange[] };

/** A field and its bits from then on, the highest first. */
export interface FieldChange {
  readonly field: Field;
  readonly bits: readonly Node[];
}

/** Every packet, and none. */
export const all: Node = 1;
export const none: Node = 0;

/** The one thing that is done to every packet. */
export function toAll(effect: SymbolicEffect): readonly SymbolicCase[] {
  return [{ when: all, effect }];
}

/** Of a statement that every packet passes as it was. */
export function passing(): readonly SymbolicCase[] {
  return toAll({ kind: 'none' });
}

/** One thing where something holds, another where not. */
export function either(
  { bdd }: SymbolicContext,
  when: Node,
  [yes, no]: readonly [SymbolicEffect, SymbolicEffect],
): readonly SymbolicCase[] {
  return [
    { when, effect: yes },
    { when: bdd.not(when), effect: no },
  ];
}

/** What is not known to go on, to fail its rule, to be accepted or to be dropped: free variables say which. */
export function anything(context: SymbolicContext, why: string): readonly SymbolicCase[] {
  const effects = [
    ['the packet goes on', { kind: 'none' }],
    ['the rule does not apply', { kind: 'mismatch' }],
    ['it is accepted', { kind: 'verdict', verdict: { kind: 'accept' } }],
  ] as const;
  const { bdd } = context;
  let rest: Node = all;
  const cases = effects.map(([what, effect]): SymbolicCase => {
    const when = bdd.and(rest, context.free(`${why}: ${what}`));
    rest = bdd.minus(rest, when);
    return { when, effect };
  });
  return [...cases, { when: rest, effect: { kind: 'verdict', verdict: { kind: 'drop' } } }];
}

/** Cases of some packets only; the others are in none of them. */
export function within(
  { bdd }: SymbolicContext,
  packets: Node,
  cases: readonly SymbolicCase[],
): readonly SymbolicCase[] {
  if (packets === all) return cases;
  return cases.flatMap(({ when, effect }) => {
    const both = bdd.and(packets, when);
    return both === none ? [] : [{ when: both, effect }];
  });
}

/** The rule goes on, or ends as after a match that failed: a free variable says which. */
export function perhaps(context: SymbolicContext, what: string): readonly SymbolicCase[] {
  return either(context, context.free(what), [{ kind: 'none' }, { kind: 'mismatch' }]);
}

/** A field gets other bits. */
export function changing(field: Field, bits: readonly Node[]): SymbolicEffect {
  return { kind: 'set', changes: [{ field, bits }] };
}

/** Sets a field of every packet. */
export function setting(field: Field): (bits: readonly Node[]) => readonly SymbolicCase[] {
  return (bits) => toAll(changing(field, bits));
}

/** The packets of a version of IP. */
export function isVersion(context: SymbolicContext, version: AddressFamily): Node {
  return fieldIs(context, metaNfproto, version === 4 ? 2n : 10n);
}

/** The packets of a protocol. */
export function isProtocol(context: SymbolicContext, protocol: number): Node {
  return fieldIs(context, metaL4proto, BigInt(protocol));
}

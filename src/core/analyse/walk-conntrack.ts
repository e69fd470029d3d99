// Conntrack on the way of all packets: what rules before it say of them, and what it knows of them behind it.
// src/core/trace/template.ts and connection.ts do the same for one packet.
import type { Node } from '../bdd/bdd.ts';
import type { CtState } from '../conntrack/entry.ts';
import { ctDirectionField, ctMark, ctState, ctStatusField, trackedEntry } from '../field/ct.ts';
import { laterFragment, moreFragments } from '../field/parts.ts';
import type { SymbolicValue } from '../field/symbolic.ts';
import {
  bitsOf,
  constant,
  divided,
  finish,
  isMarked,
  isValue,
  type Journey,
  markedBy,
  marks,
  withValues,
} from './journey.ts';
import { inputValueOf } from './walk-place.ts';
import { chosen, type Values, type WalkState } from './walk-state.ts';

/** The number of a state in `ct state`. */
function stateNumber(state: CtState): bigint {
  return ctState.type.constants?.get(state) ?? 0n;
}

/** Packets whose connection is in a state. */
export function isInState(journey: Journey, values: Values, state: CtState): Node {
  return isValue(journey, values, ctState, stateNumber(state));
}

/** What a rule says before conntrack; without effect behind it, and behind an earlier one that said how to track. */
export function trackAs(journey: Journey, values: Values, how: 'untrack' | 'set-zone'): Values {
  const { bdd } = journey;
  const isLate = bdd.or(isMarked(journey, values, marks.seen), isMarked(journey, values, marks.template));
  const applies = bdd.not(isLate);
  const state = constant(stateNumber(how === 'untrack' ? 'untracked' : 'new'), ctState.type.width);
  const before: SymbolicValue = { kind: 'number', present: 1, bits: bitsOf(journey, values, ctState) };
  const untracked = isMarked(journey, values, marks.untracked);
  const isUntracked = how === 'untrack' ? bdd.or(untracked, applies) : bdd.minus(untracked, applies);
  const isTemplate = bdd.or(isMarked(journey, values, marks.template), how === 'set-zone' ? applies : 0);
  return withValues(journey, values, [
    [marks.untracked, markedBy(isUntracked)],
    [marks.template, markedBy(isTemplate)],
    [ctState, chosen(bdd, applies, state, before)],
  ]);
}

/** Fragments wait for the others; what is put together of them is a packet like those that are none. */
export function holdFragments(journey: Journey, state: WalkState): WalkState {
  const { bdd } = journey;
  const isFragment = bdd.or(
    isMarked(journey, state.values, laterFragment),
    isMarked(journey, state.values, moreFragments),
  );
  const [fragments, whole] = divided(journey, state, isFragment);
  finish(journey, fragments, { verdict: 'queue', fate: 'held', reason: 'fragment' });
  return whole;
}

/**
 * What conntrack attaches: for those that it has not seen before, what they came in with. A new connection begins with
 * its packet, so that nothing is known of it yet.
 */
export function trackConnections(journey: Journey, state: WalkState): WalkState {
  const { bdd, space } = journey;
  const { values } = state;
  const seen = isMarked(journey, values, marks.seen);
  if (bdd.implies(state.path, seen)) return state;
  const untracked = isMarked(journey, values, marks.untracked);
  const input = inputValueOf(space);
  const given = input(ctState.name);
  const fresh = chosen(bdd, untracked, constant(stateNumber('untracked'), ctState.type.width), given);
  const known: Values = withValues(journey, values, [[ctState, fresh]]);
  const isNew = isInState(journey, known, 'new');
  const tracked = ['new', 'established', 'related'] as const;
  const entry = tracked.reduce<Node>((any, one) => bdd.or(any, isInState(journey, known, one)), 0);
  const withEntry = withValues(journey, known, [[trackedEntry, markedBy(entry)]]);
  const own = [ctStatusField, ctMark, ctDirectionField].map((field) => {
    const { width } = field.type;
    const before = space.at({ hook: 'forward', changed: withEntry }).read(field);
    return [field, withPresence(chosen(bdd, isNew, constant(0n, width), before), entry)] as const;
  });
  const attached = withValues(journey, withEntry, own);
  const changes = [ctState, trackedEntry, ctStatusField, ctMark, ctDirectionField].map(
    (field) =>
      [
        field,
        chosen(bdd, seen, present(values, field.name, attached), present(attached, field.name, attached)),
      ] as const,
  );
  return { path: state.path, values: withValues(journey, attached, [...changes, [marks.seen, markedBy(1)]]) };
}

function withPresence(value: SymbolicValue, node: Node): SymbolicValue {
  return { ...value, present: node };
}

/** What was there before, else what is there now. */
function present(values: Values, name: string, otherwise: Values): SymbolicValue {
  return values.get(name) ?? otherwise.get(name) ?? constant(0n, 1);
}

/** What is sent through `lo` keeps its connection; one without any is looked at anew. */
export function forgetInvalid(journey: Journey, values: Values): Values {
  const { bdd } = journey;
  const isInvalid = isInState(journey, values, 'invalid');
  const kept = ([field]: readonly [typeof marks.seen]) =>
    [field, markedBy(bdd.minus(isMarked(journey, values, field), isInvalid))] as const;
  return withValues(
    journey,
    values,
    [marks.seen, marks.untracked, marks.template].map((field) => kept([field])),
  );
}

// What rules of a table ask of all packets and do to them, at one hook.
import type { Node } from '../bdd/bdd.ts';
import type { Field } from '../field/define.ts';
import {
  codePoint,
  destinationAddress,
  sourceAddress,
  transportNext,
  transportStart,
} from '../field/parts.ts';
import type { AskRouting, SymbolicValue } from '../field/symbolic.ts';
import type { Hook } from '../hook/hook.ts';
import type { Table } from '../ir/ruleset.ts';
import type { Lookups, SymbolicContext } from '../match/define.ts';
import { matches } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';
import type { FieldChange } from '../statement/symbolic.ts';
import type { RulePlace } from '../trace/step.ts';
import { packetsOf, tableLookups } from './condition.ts';
import { routedValue } from './routed-value.ts';
import type { PlaceSymbols, Space } from './space.ts';
import type { RuleWalk } from './walk-rule.ts';
import type { InputValue, Values } from './walk-state.ts';

/** Is told of every rule which packets came to it, and which of them met all of its conditions. */
export type Seen = (place: RulePlace, reached: Node, matched: Node) => void;

/** What rules are called in the names of conditions that nobody can tell. */
export type RuleName = (place: RulePlace) => string;

/** Its number, and the chain that it is in. */
export function nameOfPlace({ chain, index }: RulePlace): string {
  return `rule ${index} of \`${chain}\``;
}

/** What there is to a walk beside its rules. */
export interface WalkWords {
  readonly seen?: Seen | undefined;
  /** What rules are called; by their numbers if absent. */
  readonly nameOf?: RuleName | undefined;
  /** What routing says of packets with these values. */
  readonly routedFor?: ((values: Values) => AskRouting | undefined) | undefined;
}

/** What a walk through rules of one table at one hook needs. */
export function ruleWalk(space: Space, table: Table, hook: Hook, words: WalkWords = {}): RuleWalk {
  const { seen } = words;
  const lookups = lookupsOfWalk(table);
  const inputValue = inputValueOf(space);
  const symbolsAt = symbolsOfRules(space, hook, words);
  return {
    bdd: space.bdd,
    table,
    contextOf: (values, place) =>
      ownFree({ ...symbolsAt(values, place), ...lookups }, (words.nameOf ?? nameOfPlace)(place)),
    holds: (condition, values, place) => packetsOf(condition, symbolsAt(values, place), lookups),
    change: (values, change) => changedValues(space, values, change),
    inputValue,
    ...(seen && { seen }),
  };
}

/** What nobody can tell is another condition at another hook: the packet may be another one there. */
function symbolsOfRules(space: Space, hook: Hook, { nameOf = nameOfPlace, routedFor }: WalkWords) {
  return (values: Values, place: RulePlace): PlaceSymbols => {
    const symbols = space.at({ hook, rule: nameOf(place), changed: values });
    const isChanged = [...values.keys()].some((name) => packetParts.has(name));
    const routed = routedFor?.(values);
    const read = (field: Field): SymbolicValue => {
      const told = routed && routedValue(symbols.bdd, field, routed);
      const isUntold = isAskedOfOthers(field) && (isChanged || changesOnTheWay(field));
      return told ?? symbols.read(isUntold ? untold(field, hook) : field);
    };
    const free = (name: string) => symbols.free(`${name} at ${hook}`);
    return { ...symbols, read, free, ...(routed && { routed }) };
  };
}

/** A field that variables of packets say nothing of. */
function isAskedOfOthers({ symbol }: Field): boolean {
  return symbol === undefined || symbol.kind === 'routed';
}

/** Parts of packets that other fields may be made of, which do not say so. */
const packetParts: ReadonlySet<string> = new Set(
  [sourceAddress, destinationAddress, transportStart, transportNext, codePoint].map(({ name }) => name),
);

/** Fields that are others at each hook: of the connection, and what the host knows. */
const changing = new Set(
  matches.flatMap(({ selector, usesConntrack, knowledge }) =>
    selector && (usesConntrack || (knowledge !== undefined && knowledge !== 'time'))
      ? [selector.field.name]
      : [],
  ),
);

function changesOnTheWay({ name }: Field): boolean {
  return changing.has(name);
}

/** What nobody can tell at this hook, even where it was known before. */
function untold(field: Field, hook: Hook): Field {
  return {
    name: `${field.name} at ${hook}`,
    type: field.type,
    read: () => ({ unknown: `\`${field.name}\` at ${hook} is not worked out` }),
    symbol: { kind: 'own', untold: true },
  };
}

/** What one statement does says nothing of another. */
function ownFree(context: SymbolicContext, rule: string): SymbolicContext {
  return { ...context, free: (name) => context.free(`${name} in ${rule}`) };
}

/** Nobody knows what is left of sets that rules take elements from. */
function lookupsOfWalk(table: Table): Lookups {
  const lookups = tableLookups(table);
  const deleted = setsDeletedFrom(table);
  if (deleted.size === 0) return lookups;
  return {
    ...lookups,
    findSet: (name) => (deleted.has(name) ? undefined : lookups.findSet(name)),
    findMap: (name) => (deleted.has(name) ? undefined : lookups.findMap(name)),
  };
}

/** The sets and maps that rules of a table take elements from. */
export function setsDeletedFrom({ chains }: Table): ReadonlySet<string> {
  const parts = chains.flatMap(({ rules }) => rules.flatMap((rule) => rule.parts));
  return new Set(
    parts.flatMap((part) => {
      const definition = part.kind === 'statement' ? findStatement(part.key) : undefined;
      return part.kind === 'statement' && definition?.deletes ? (definition.updates?.(part.args) ?? []) : [];
    }),
  );
}

/** Fields that rules have changed in a space, by name: what they were before can be asked for. */
const changedFields = new WeakMap<Space, Map<string, Field>>();

/** What fields were as packets came in. */
export function inputValueOf(space: Space): InputValue {
  return (name) => {
    const field = changedFields.get(space)?.get(name);
    if (!field) throw new Error(`no field \`${name}\` was changed`);
    return space.at({ hook: 'forward' }).read(field);
  };
}

/** The field gets the bits, or the part of another one that it is. */
export function changedValues(space: Space, values: Values, { field, bits }: FieldChange): Values {
  const { symbol } = field;
  const whole = symbol?.kind === 'part' ? symbol.of : field;
  const before = space.at({ hook: 'forward', changed: values }).read(whole);
  if (before.kind !== 'number') return values;
  const from = symbol?.kind === 'part' ? symbol.from : 0;
  const all = [...before.bits.slice(0, from), ...bits, ...before.bits.slice(from + bits.length)];
  return withValue(space, values, whole, { ...before, bits: all });
}

/** A field that has variables has another value from here on. */
export function withValue(space: Space, values: Values, field: Field, value: SymbolicValue): Values {
  const fields = changedFields.get(space) ?? new Map<string, Field>();
  changedFields.set(space, fields.set(field.name, field));
  return new Map([...values, [field.name, value]]);
}

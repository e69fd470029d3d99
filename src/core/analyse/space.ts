// The variables of an analysis: which of them say what of a packet, what packets there are at all, and which conditions
// nobody can tell.
import { type Bdd, createBdd, type Node } from '../bdd/bdd.ts';
import { createDomain } from '../bdd/domain.ts';
import { equals, inRange } from '../bdd/vector.ts';
import type { Range } from '../datatype/range.ts';
import type { Field, FieldValue } from '../field/define.ts';
import type { OwnVariables, SymbolicName, SymbolicValue, Symbols } from '../field/symbolic.ts';
import { isUnknown, type PacketView } from '../field/view.ts';
import type { Hook } from '../hook/hook.ts';
import { interfaceMatches } from '../match/interface-pattern.ts';
import { type Mentioned, namesToldApart } from './names.ts';
import { firstFields } from './order.ts';
import { partsOf, type SpacePart } from './space-part.ts';
import { keyOfName, listed, type Meaning, numberValue } from './space-values.ts';

/** All packets, and what rules may ask of them. */
export interface Space {
  readonly bdd: Bdd;
  /** What is known of packets at a place of the rules. */
  at(place: Place): PlaceSymbols;
  /** What packets there are, as far as fields of them were read so far. */
  valid(): Node;
  /** The conditions that nobody can tell and that it depends on, by their names. */
  freeIn(node: Node): readonly string[];
  /**
   * The names of what was asked for since the last call and has no settled variables: theirs follow each other as they were
   * first asked for.
   */
  asked(): readonly string[];
  /** A number that tells a variable from others wherever it stands in their order. */
  keyOf(variable: number): number;
  /** The variables of those. */
  freeVariables(): readonly number[];
  /** All packets that look like one that is known, as far as it is. */
  seen(view: PacketView): Node;
  /** What the variables say, in their order. */
  parts(): readonly SpacePart[];
  /** Whether rules or hosts name it where the field has names, so that it can be told from all others. */
  isMentioned(field: Field, name: string): boolean;
  /** The value that an assignment gives a field with variables of its own; nothing where it has no such field. */
  valueOf(field: Pick<Field, 'name'>, assignment: ReadonlyMap<number, boolean>): bigint | string | undefined;
}

/** A place of the rules that packets come to. */
export interface Place {
  readonly hook: Hook;
  /** What tells the part of a rule, and the way that led to it, from all others: whatever counts or is drawn there is its own. */
  readonly rule?: string;
  /** What rules have changed so far, by the name of the field that has the variables. */
  readonly changed?: ReadonlyMap<string, SymbolicValue>;
}

/** The same with the place in it. */
export interface PlaceSymbols extends Symbols {
  readonly rule: string;
}

/** What was given to one field. */
interface Own {
  readonly field: Field;
  /** Whether a packet has it, where nothing else tells. */
  readonly presence: number | undefined;
  readonly variables: readonly number[];
  readonly value: SymbolicValue;
  /** What the variables stand for, where they are no plain bits. */
  readonly meaning: Meaning | undefined;
}

interface State {
  readonly bdd: Bdd;
  readonly mentioned: Mentioned;
  readonly own: Map<string, Own>;
  /** Names of conditions by the variable. */
  readonly freeNames: Map<number, string>;
  readonly freeNodes: Map<string, Node>;
  next: number;
  valid: Node;
  /** The names of fields whose variables come first. */
  settled: ReadonlySet<string>;
  asked: string[];
  readonly keys: Map<number, number>;
}

/**
 * A space of its own; `mentioned` has all names that rules, hosts and questions compare fields with. The variables of `fields`
 * follow those that always come first.
 */
export function createSpace(
  mentioned: Mentioned,
  bdd: Bdd = createBdd(),
  fields: readonly Field[] = [],
): Space {
  const state: State = {
    bdd,
    mentioned,
    own: new Map(),
    freeNames: new Map(),
    freeNodes: new Map(),
    next: 0,
    valid: 1,
    settled: new Set(),
    asked: [],
    keys: new Map(),
  };
  const plain = symbolsAt(state, { hook: 'forward' });
  for (const field of [...firstFields, ...fields]) plain.read(field);
  state.settled = new Set(state.own.keys());
  state.asked = [];
  return {
    bdd,
    at: (place) => symbolsAt(state, place),
    valid: () => state.valid,
    freeIn: (node) => [
      ...new Set(bdd.support(node).flatMap((variable) => state.freeNames.get(variable) ?? [])),
    ],
    asked: () => {
      const { asked } = state;
      state.asked = [];
      return asked;
    },
    keyOf: (variable) => state.keys.get(variable) ?? variable,
    freeVariables: () => [...state.freeNames.keys()],
    seen: (view) => seen(state, view),
    isMentioned: (field, name) => mentioned.get(field.name)?.has(name) === true,
    parts: () => partsOf(state),
    valueOf: (field, assignment) => assignedTo(state, field, assignment),
  };
}

function symbolsAt(state: State, { hook, rule = '', changed }: Place): PlaceSymbols {
  const known = new Map<Field, SymbolicValue>();
  const symbols: PlaceSymbols = {
    bdd: state.bdd,
    hook,
    rule,
    free: (name) => freeNode(state, name),
    read: (field) => {
      const found = known.get(field);
      if (found) return found;
      const value = read(state, symbols, field, changed);
      known.set(field, value);
      return value;
    },
  };
  return symbols;
}

function read(state: State, symbols: PlaceSymbols, field: Field, changed: Place['changed']): SymbolicValue {
  const { symbol } = field;
  if (symbol?.kind === 'worked out') return symbol.value(symbols);
  if (symbol?.kind === 'part') {
    const whole = symbols.read(symbol.of);
    if (whole.kind !== 'number') return whole;
    const bits = whole.bits.slice(symbol.from, symbol.from + field.type.width);
    return { kind: 'number', present: symbol.present?.(symbols) ?? 1, bits };
  }
  const set = changed?.get(field.name);
  if (set) return set;
  const own = symbol?.kind === 'own' ? symbol : undefined;
  const { value } = ownOf(state, symbols, field, own);
  const present = own?.present?.(symbols);
  return present === undefined ? value : { ...value, present: state.bdd.and(present, value.present) };
}

function freeNode(state: State, name: string): Node {
  state.asked.push(name);
  const known = state.freeNodes.get(name);
  if (known !== undefined) return known;
  const variable = state.next++;
  state.keys.set(variable, keyOfName(name));
  const node = state.bdd.variable(variable);
  state.freeNodes.set(name, node);
  state.freeNames.set(variable, name);
  return node;
}

/** The variables of a field: made when it is first asked for. */
function ownOf(state: State, symbols: PlaceSymbols, field: Field, symbol: OwnVariables | undefined): Own {
  const name = symbol?.drawn ? `${field.name} in ${symbols.rule}` : field.name;
  if (!state.settled.has(name)) state.asked.push(name);
  const known = state.own.get(name);
  if (known) return known;
  const made = makeOwn(state, field, symbol);
  state.own.set(name, made);
  const isFree = !symbol || symbol.untold || symbol.drawn;
  const all = [...(made.presence === undefined ? [] : [made.presence]), ...made.variables];
  if (state.settled.size > 0)
    for (const [at, variable] of all.entries()) state.keys.set(variable, keyOfName(name) + at);
  if (isFree) for (const variable of all) state.freeNames.set(variable, name);
  if (symbol?.within && made.value.kind === 'number') {
    // Whatever rules have changed at this place holds for no other.
    const within = symbol.within(symbolsAt(state, { hook: 'forward' }), made.value.bits);
    state.valid = state.bdd.and(state.valid, within);
  }
  return made;
}

function makeOwn(state: State, field: Field, symbol: OwnVariables | undefined): Own {
  const { type } = field;
  const presence = !symbol || symbol.mayMiss ? state.next++ : undefined;
  const present = presence === undefined ? 1 : state.bdd.variable(presence);
  const few = type.text ? namesOf(state, field) : symbol?.values && listed(symbol.values);
  const first = state.next;
  if (few) {
    const meaning = { ...few, domain: createDomain(state.bdd, first, few.list.length) };
    state.next += meaning.domain.variables.length;
    const value = type.text
      ? nameValue(state, field.name, meaning, present)
      : numberValue(type.width, meaning, present);
    return { field, presence, variables: meaning.domain.variables, value, meaning };
  }
  state.next += type.width;
  const variables = Array.from({ length: type.width }, (_, at) => first + at);
  const bits = variables.map((index) => state.bdd.variable(index));
  return { field, presence, variables, value: { kind: 'number', present, bits }, meaning: undefined };
}

/** include/uapi/linux/if.h: IFNAMSIZ, less the final zero. */
const interfaceNameLimit = 15;

function namesOf({ mentioned }: State, { name, type }: Field): Omit<Meaning, 'domain'> {
  const limit = type.text === 'interface' ? interfaceNameLimit : Number.POSITIVE_INFINITY;
  const { list, indexOf } = namesToldApart(mentioned.get(name) ?? [], limit);
  return { list, indexOf: (value) => indexOf(String(value)) };
}

/** A pattern that nobody mentioned before may hold for a part of what a stand-in stands for. */
function nameValue(state: State, field: string, { domain, list }: Meaning, present: Node): SymbolicName {
  const known = state.mentioned.get(field);
  const found = new Map<string, Node>();
  const isPattern = (pattern: string): Node => {
    if (pattern !== '' && pattern !== '*' && !known?.has(pattern))
      return freeNode(state, `${field} is ${JSON.stringify(pattern)}`);
    return domain.among(list.flatMap((name, at) => (interfaceMatches(pattern, String(name)) ? [at] : [])));
  };
  return {
    kind: 'name',
    present,
    is: (pattern) => {
      const node = found.get(pattern) ?? isPattern(pattern);
      found.set(pattern, node);
      return node;
    },
  };
}

/** One condition for each field that variables were given to. */
function seen(state: State, view: PacketView): Node {
  const { bdd } = state;
  return [...state.own.values()]
    .toReversed()
    .reduce<Node>((node, own) => bdd.and(node, seenOf(state, own, own.field.read(view))), 1);
}

function seenOf({ bdd }: State, own: Own, value: FieldValue): Node {
  const there = own.presence === undefined ? 1 : bdd.variable(own.presence);
  if (value === undefined) return own.presence === undefined ? 1 : bdd.not(there);
  if (!isUnknown(value)) return bdd.and(there, isValue(bdd, own, value));
  return value.among ? bdd.and(there, isAmong(bdd, own, value.among)) : there;
}

function isValue(bdd: Bdd, { meaning, value }: Own, seenValue: bigint | string): Node {
  const at = meaning?.indexOf(seenValue);
  if (meaning) return at === undefined ? 1 : meaning.domain.is(at);
  return value.kind === 'number' && typeof seenValue === 'bigint' ? equals(bdd, value.bits, seenValue) : 1;
}

function isAmong(bdd: Bdd, { meaning, value }: Own, { lo, hi }: Range): Node {
  if (meaning)
    return meaning.domain.among(
      meaning.list.flatMap((one, at) => (typeof one === 'bigint' && lo <= one && one <= hi ? [at] : [])),
    );
  return value.kind === 'number' ? inRange(bdd, value.bits, { lo, hi }) : 1;
}

function assignedTo(
  { own }: State,
  field: Pick<Field, 'name'>,
  assignment: ReadonlyMap<number, boolean>,
): bigint | string | undefined {
  const found = own.get(field.name);
  if (!found) return undefined;
  const { presence, variables, meaning } = found;
  if (presence !== undefined && !assignment.get(presence)) return undefined;
  if (meaning) return meaning.list[meaning.domain.valueOf(assignment)];
  return variables.reduce((sum, variable) => sum * 2n + (assignment.get(variable) ? 1n : 0n), 0n);
}

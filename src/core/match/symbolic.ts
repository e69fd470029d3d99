// For which of all packets a comparison holds: the same as its truth for one packet (see field-match.ts and tuple.ts), as
// functions of the variables of an analysis.
import type { Bdd, Node } from '../bdd/bdd.ts';
import { atLeast, atMost, inRanges } from '../bdd/vector.ts';
import type { Range } from '../datatype/range.ts';
import type { Field } from '../field/define.ts';
import type { SymbolicName, SymbolicNumber, SymbolicValue, Symbols } from '../field/symbolic.ts';
import type { Elements, NamedMap, NamedSet } from '../ir/ruleset.ts';
import { changesOf } from '../ir/set.ts';
import type { Atom, Tuple } from '../ir/tuple.ts';
import type { SymbolicContext } from './define.ts';
import type { FieldTest } from './field-match.ts';
import type { Selector } from './selector.ts';

/** Any of them, put together in halves so that each is touched few times. */
export function anyOf(bdd: Bdd, nodes: readonly Node[]): Node {
  let left = nodes;
  while (left.length > 1) {
    const joined: Node[] = [];
    for (let at = 0; at < left.length; at += 2) joined.push(bdd.or(left[at] ?? 0, left[at + 1] ?? 0));
    left = joined;
  }
  return left[0] ?? 0;
}

/** All of them. */
export function allOf(bdd: Bdd, nodes: readonly Node[]): Node {
  return nodes.reduceRight<Node>((rest, node) => bdd.and(node, rest), 1);
}

/** For which packets a comparison holds; one without the field fails it, whatever the operator. */
export function symbolicTest(field: Field, test: FieldTest, context: SymbolicContext): Node {
  const { bdd } = context;
  const value = context.read(field);
  const set = test.value.kind === 'set' ? context.findSet(test.value.name) : undefined;
  const elements = test.value.kind === 'set' ? set?.elements : test.value;
  if (!elements || elements.kind === 'tuples')
    return bdd.and(value.present, context.free(`${field.name} ${test.op} what is not known`));
  const holds = bdd.and(value.present, compared(context, value, test, elements));
  const gained = set && gainedBy(set, field.name, context);
  if (gained === undefined) return holds;
  return test.op === '!=' ? bdd.minus(holds, gained) : bdd.or(holds, bdd.and(value.present, gained));
}

/**
 * Whether a set or map that changes has by now an element for what the packet has there that it had not when it was
 * listed; undefined where nothing changes it.
 */
function gainedBy(set: NamedSet | NamedMap, what: string, context: SymbolicContext): Node | undefined {
  if (!changesOf(set) && !context.isObscure?.(set.name)) return undefined;
  return context.free(`@${set.name} has gained an element for \`${what}\``);
}

function compared({ bdd }: Symbols, value: SymbolicValue, test: FieldTest, elements: Elements): Node {
  if (value.kind === 'name') return comparedName(bdd, value, test, elements);
  if (elements.kind === 'names') return test.op === '!=' ? 1 : 0;
  return comparedNumber(bdd, masked(value, test.mask), test, elements.ranges);
}

function comparedName(bdd: Bdd, value: SymbolicName, { op }: FieldTest, elements: Elements): Node {
  const names = elements.kind === 'names' ? elements.names : [];
  const found = anyOf(
    bdd,
    names.map((name) => value.is(name)),
  );
  return op === '!=' ? bdd.not(found) : found;
}

function masked({ bits }: SymbolicNumber, mask: bigint | undefined): readonly Node[] {
  if (mask === undefined) return bits;
  return bits.map((bit, at) => (isSet(mask, bits.length - 1 - at) ? bit : 0));
}

function isSet(number: bigint, bit: number): boolean {
  return ((number >> BigInt(bit)) & 1n) === 1n;
}

function comparedNumber(bdd: Bdd, bits: readonly Node[], { op }: FieldTest, ranges: readonly Range[]): Node {
  const limit = ranges[0]?.lo ?? 0n;
  switch (op) {
    case '==':
      return inRanges(bdd, bits, ranges);
    case '!=':
      return bdd.not(inRanges(bdd, bits, ranges));
    case '<':
      return atMost(bdd, bits, limit - 1n);
    case '>':
      return atLeast(bdd, bits, limit + 1n);
    case '<=':
      return atMost(bdd, bits, limit);
    case '>=':
      return atLeast(bdd, bits, limit);
    case 'any':
      return someOf(bdd, bits, limit);
    case 'none':
      return bdd.not(someOf(bdd, bits, limit));
  }
}

/** Whether one of the bits of a number is set. */
function someOf(bdd: Bdd, bits: readonly Node[], number: bigint): Node {
  return bits.reduceRight<Node>(
    (rest, bit, at) => (isSet(number, bits.length - 1 - at) ? bdd.or(bit, rest) : rest),
    0,
  );
}

/** The values of several fields at once. */
export interface SymbolicKey {
  /** All of them are there. */
  readonly present: Node;
  /** They are those of one of the keys. */
  readonly isOneOf: (keys: readonly Tuple[]) => Node;
}

/** What all packets have in some fields, for looking it up. */
export function symbolicKey(selectors: readonly Selector[], context: SymbolicContext): SymbolicKey {
  const { bdd } = context;
  const values = selectors.map(({ field }) => context.read(field));
  const present = allOf(
    bdd,
    values.map((value) => value.present),
  );
  const [only, ...others] = values;
  return {
    present,
    isOneOf: (keys) => {
      if (only && others.length === 0) return bdd.and(present, isOneAtom(bdd, only, keys));
      const nodes = keys.map((key) =>
        allOf(
          bdd,
          values.map((value, at) => isAtom(bdd, value, key[at])),
        ),
      );
      return bdd.and(present, anyOf(bdd, nodes));
    },
  };
}

/** All ranges of a field at once. */
function isOneAtom(bdd: Bdd, value: SymbolicValue, keys: readonly Tuple[]): Node {
  const atoms = keys.flatMap((key) => key.slice(0, 1));
  if (value.kind === 'name')
    return anyOf(
      bdd,
      atoms.map((atom) => (typeof atom === 'string' ? value.is(atom) : 0)),
    );
  return inRanges(
    bdd,
    value.bits,
    atoms.flatMap((atom) => (typeof atom === 'string' ? [] : [atom])),
  );
}

function isAtom(bdd: Bdd, value: SymbolicValue, atom: Atom | undefined): Node {
  if (atom === undefined) return 0;
  if (value.kind === 'name') return typeof atom === 'string' ? value.is(atom) : 0;
  return typeof atom === 'string' ? 0 : inRanges(bdd, value.bits, [atom]);
}

/** What is looked up in a set or map that may have gained it. */
export function gainedKey(
  set: NamedSet | NamedMap,
  selectors: readonly Selector[],
  context: SymbolicContext,
): Node | undefined {
  return gainedBy(set, selectors.map(({ key }) => key).join(' . '), context);
}

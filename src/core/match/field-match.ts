// Matches that compare one packet field with a value: everything but their spelling is derived from the field.
import { contains, normalize, type Range } from '../datatype/range.ts';
import type { Field } from '../field/define.ts';
import { isUnknown, type Unknown } from '../field/view.ts';
import type { Elements, Value } from '../ir/ruleset.ts';
import { type Changes, changesOf } from '../ir/set.ts';
import type { JsonValue } from '../nft/json-value.ts';
import type { Injection } from '../packet/packet.ts';
import {
  defineMatch,
  type EvaluationContext,
  type IptablesMatchSpelling,
  type Knowledge,
  type Lookups,
  type MatchDefinition,
  type NftSpelled,
  type Truth,
} from './define.ts';
import { atomsOf, type Distinction } from './distinction.ts';
import { fieldTestFromJson, fieldTestToJson } from './field-json.ts';
import { readFieldTest, writeFieldTest } from './field-language.ts';
import { relationOf } from './field-relation.ts';
import { satisfyingValue } from './field-satisfy.ts';
import { testOf, valuesOf } from './field-selection.ts';
import { interfaceMatches } from './interface-pattern.ts';
import type { Condition, IptablesTarget } from './iptables-spelling.ts';
import { symbolicTest } from './symbolic.ts';

/** `any`: at least one of the value's bits is set. `none`: no one is. The others compare as numbers. */
export type Operator = '==' | '!=' | '<' | '>' | '<=' | '>=' | 'any' | 'none';

/** A comparison of a field, after `& mask` where one is given. */
export interface FieldTest {
  readonly op: Operator;
  readonly mask?: bigint;
  readonly value: Value;
}

/** What is particular to one field's match. */
export interface FieldMatch {
  readonly key: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly field: Field;
  readonly family?: 'ip' | 'ip6';
  readonly usesConntrack?: true;
  /** It counts: two copies of a rule are not one. */
  readonly stateful?: true;
  readonly knowledge?: Knowledge | undefined;
  readonly bothFamiliesOnly?: true;
  readonly leaves?: (test: FieldTest) => 'ip' | 'ip6' | undefined;
  /** Its key ends in a number, so that `==` is not implied. */
  readonly explicit?: true;
  /** Every packet has the field. */
  readonly always?: true;
  /** Of all bits of the field exactly one is set. */
  readonly oneBit?: true;
  /** Whether only packets of a protocol with ports match. */
  readonly transports?: true | ((test: FieldTest) => boolean);
  /** It takes these numbers one after the other. */
  readonly turns?: Range;
  /** The left side in nft JSON. */
  readonly nft: JsonValue;
  /** An expression that means the same where the value is one of the type. */
  readonly alsoNft?: JsonValue;
  readonly iptables: IptablesMatchSpelling<FieldTest>;
}

/** Makes the definition of a match from its field. */
export function defineFieldMatch(spec: FieldMatch): MatchDefinition<unknown> {
  const { key, summary, field, family } = spec;
  const compared = { field, ...(spec.oneBit && { oneBit: true as const }) };
  return defineMatch<FieldTest>({
    key,
    ...(spec.aliases && { aliases: spec.aliases }),
    summary,
    ...(family && { family }),
    selector: {
      key,
      field,
      ...(family && { family }),
      ...(spec.always && { always: true }),
      ...(spec.transports === true && { transports: true }),
      ...(spec.turns && { turns: spec.turns }),
      nft: spec.nft,
    },
    ...(spec.usesConntrack && { usesConntrack: true }),
    ...(spec.stateful && { stateful: true }),
    knowledge: spec.knowledge,
    ...(spec.bothFamiliesOnly && { bothFamiliesOnly: true }),
    ...(spec.leaves && { leaves: spec.leaves }),
    ...(spec.transports && { transports: spec.transports === true ? () => true : spec.transports }),
    read: (reader) => readFieldTest(reader, field.type),
    write: (test) => writeFieldTest(key, field.type, test, spec.explicit),
    nft: {
      write: (test) => nftSpelling(spec.nft, field, test),
      read: (statement) => readNft(spec, statement),
    },
    iptables: {
      ...spec.iptables,
      write: (test, target) =>
        family && family !== target.family ? { kind: 'never' } : writeIptables(spec, test, target),
    },
    evaluate: (test, context) => evaluateFieldTest(field, test, context),
    symbolic: (test, context) => symbolicTest(field, test, context),
    wants: ({ op, mask, value }) =>
      op === '==' || op === 'any' ? { field, value, ...(mask !== undefined && { mask }) } : undefined,
    selects: (test) => {
      const tuples = valuesOf(test, compared);
      return tuples && { keys: [key], tuples };
    },
    select: (value) => testOf(value, compared),
    distinguishes: (test, lookups) => distinctionOf(field, test, lookups),
    relate: (one, other) => relationOf(one, other, field.type.width),
    satisfy: (test, injection, context, holds) =>
      satisfyFieldTest(field, holds ? test : { ...test, op: opposite[test.op] }, injection, context),
    sets: ({ value }) => (value.kind === 'set' ? [value.name] : []),
  });
}

/** A named set that ipset is not asked about counts as what it holds, unless that changes. */
function writeIptables({ iptables }: FieldMatch, test: FieldTest, target: IptablesTarget): Condition {
  const asked = iptables.write(test, target);
  const set = test.value.kind === 'set' ? target.findSet(test.value.name) : undefined;
  if (asked.kind !== 'unsupported' || !set || set.elements.kind === 'tuples' || changesOf(set)) return asked;
  return iptables.write({ ...test, value: { ...set.elements, braces: true } }, target);
}

/** The elements of a set do not say of which type they are. */
function readNft({ nft, alsoNft, field }: FieldMatch, statement: JsonValue): FieldTest | undefined {
  const plain = fieldTestFromJson(nft, field.type, statement);
  if (plain || alsoNft === undefined) return plain;
  const other = fieldTestFromJson(alsoNft, field.type, statement);
  return other?.value.kind === 'set' ? undefined : other;
}

function nftSpelling(left: JsonValue, field: Field, test: FieldTest): NftSpelled {
  // nft 1.0.6 lists a mask of part of a byte as arithmetic on raw bytes, which can't be told from anybody else's.
  if (test.mask !== undefined && field.type.width % 8 !== 0)
    return { unsupported: `nft can't compare some bits of \`${field.name}\`` };
  const names = test.value.kind === 'names' ? test.value.names : [];
  if (names.some((name) => name.includes('"')))
    return { unsupported: `nft has no way to quote a \`"\` in \`${field.name}\`` };
  return { statement: fieldTestToJson(left, field.type, test) };
}

/** Compares the packet's value; a missing field fails whatever the operator (net/netfilter/nft_payload.c: NFT_BREAK). */
function evaluateFieldTest(field: Field, test: FieldTest, context: EvaluationContext): Truth {
  const actual = field.read(context.view);
  if (actual === undefined) return { result: false, actual: `no ${field.name}` };
  if (isUnknown(actual)) return amongTruth(actual, test) ?? { result: 'unknown', why: actual.unknown };
  const elements = elementsOf(test.value, context);
  if (!elements)
    return { result: 'unknown', why: `the elements of set ${JSON.stringify(test.value)} are not known` };
  const shown = typeof actual === 'string' ? JSON.stringify(actual) : field.type.format(actual);
  const result = compare(actual, test, elements);
  const set = test.value.kind === 'set' ? context.findSet(test.value.name) : undefined;
  const missed = result === (test.op === '!=');
  const changes = set && changesOf(set);
  return changes && missed ? unlisted(set.name, changes, result, context) : { result, actual: shown };
}

/** The truth of a value that is not known, if it is the same for all numbers that it may be. */
function amongTruth({ among }: Unknown, { op, mask, value }: FieldTest): Truth | undefined {
  if (!among || mask !== undefined || value.kind !== 'ranges') return undefined;
  const actual = `${among.lo}-${among.hi}`;
  if (op === 'any' || op === 'none') return undefined;
  if (op !== '==' && op !== '!=') {
    const [first, last] = [among.lo, among.hi].map((one) => compareNumber(one, op, value.ranges));
    return first !== undefined && first === last ? { result: first, actual } : undefined;
  }
  const ranges = normalize(value.ranges);
  const isInside = ranges.some(({ lo, hi }) => lo <= among.lo && among.hi <= hi);
  const isOutside = ranges.every(({ lo, hi }) => hi < among.lo || among.hi < lo);
  return isInside || isOutside ? { result: isInside === (op === '=='), actual } : undefined;
}

/** What a miss is worth where the set may have gained elements since it was listed. */
export function unlisted(name: string, changes: Changes, holds: boolean, context: Lookups): Truth {
  if (context.isObscure?.(name))
    return { result: 'unknown', why: `what rules add to \`${name}\` is not known` };
  const but = changes === 'by-rules' ? ' but those of the packets that are traced' : '';
  const assumption = `\`${name}\` has gained no element since it was listed${but}`;
  return { result: 'assumed', holds, assumption };
}

function distinctionOf(
  field: Field,
  { op, mask, value }: FieldTest,
  lookups: Lookups,
): readonly Distinction[] | undefined {
  const elements = value.kind === 'set' ? lookups.findSet(value.name)?.elements : value;
  if (!elements) return undefined;
  const looksAtBits = op === 'any' || op === 'none';
  return [
    {
      field,
      values: atomsOf(elements),
      ...(mask !== undefined && { mask }),
      ...(looksAtBits && { bits: true }),
    },
  ];
}

/** The operator that holds where the other does not. */
const opposite: Readonly<Record<Operator, Operator>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
  any: 'none',
  none: 'any',
};

function satisfyFieldTest(
  field: Field,
  test: FieldTest,
  injection: Injection,
  context: EvaluationContext,
): Injection | undefined {
  const actual = field.read(context.view) ?? 0n;
  const elements = elementsOf(test.value, context);
  if (!elements || isUnknown(actual)) return undefined;
  const value = satisfyingValue(test, elements, field.type, actual, context.choose);
  return value === undefined ? undefined : field.write?.(injection, value);
}

/** Whether a number passes the test; undefined if that needs a named set. */
export function evaluatesTo(test: FieldTest, actual: bigint): boolean | undefined {
  return test.value.kind === 'set' ? undefined : compare(actual, test, test.value);
}

function elementsOf(value: Value, context: EvaluationContext): Elements | undefined {
  if (value.kind !== 'set') return value;
  const elements = context.findSet(value.name)?.elements;
  return elements?.kind === 'tuples' ? undefined : elements;
}

function compare(actual: bigint | string, test: FieldTest, elements: Elements): boolean {
  if (typeof actual === 'string') {
    const found = elements.kind === 'names' && elements.names.some((name) => interfaceMatches(name, actual));
    return test.op === '!=' ? !found : found;
  }
  if (elements.kind === 'names') return test.op === '!=';
  return compareNumber(test.mask === undefined ? actual : actual & test.mask, test.op, elements.ranges);
}

function compareNumber(actual: bigint, op: Operator, ranges: readonly { lo: bigint; hi: bigint }[]): boolean {
  const limit = ranges[0]?.lo ?? 0n;
  switch (op) {
    case '==':
      return contains(ranges, actual);
    case '!=':
      return !contains(ranges, actual);
    case '<':
      return actual < limit;
    case '>':
      return actual > limit;
    case '<=':
      return actual <= limit;
    case '>=':
      return actual >= limit;
    case 'any':
      return (actual & limit) !== 0n;
    case 'none':
      return (actual & limit) === 0n;
  }
}

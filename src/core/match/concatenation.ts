// Several fields compared at once: `ip saddr . tcp dport { 10.0.0.1 . 22, 10.0.0.0/8 . 80-90 }`, also with a named set.

import type { Node } from '../bdd/bdd.ts';
import type { Match, NamedSet, SetElements } from '../ir/ruleset.ts';
import { type Changes, changesOf } from '../ir/set.ts';
import type { Tuple } from '../ir/tuple.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { protocolNumber } from '../packet/packet.ts';
import {
  defineMatch,
  type EvaluationContext,
  type Lookups,
  type MatchDefinition,
  type SymbolicContext,
  type Truth,
} from './define.ts';
import { distinctionsOfTuples } from './distinction.ts';
import { unlisted } from './field-match.ts';
import { ipsetLookup } from './ipset-shape.ts';
import { keysOfSides, lookedUpBy, setOptions, typeOfWords } from './ipset-type.ts';
import { header, moduleOption } from './iptables-condition.ts';
import type { Condition, IptablesReader, IptablesTarget } from './iptables-spelling.ts';
import { writeName } from './quote.ts';
import type { TupleValue } from './reader.ts';
import type { Selector } from './selector.ts';
import type { Selectors } from './selectors.ts';
import { gainedKey, symbolicKey } from './symbolic.ts';
import { findByFields } from './tuple.ts';
import { bordersOf } from './tuple-borders.ts';
import { tupleConditions } from './tuple-iptables.ts';
import { complete, selectorsFromJson, selectorsToJson, tupleFromJson, tupleToJson } from './tuple-json.ts';
import { writeTuple } from './tuple-language.ts';

const ownKey = 'concatenation';

/** The match that looks the values of these fields up. */
export function concatenationOf(keys: readonly string[], value: TupleValue): Match {
  const args: Concatenation = { keys, op: '==', value };
  return { kind: 'match', key: ownKey, args };
}

interface Concatenation {
  /** The keys of the fields. */
  readonly keys: readonly string[];
  readonly op: '==' | '!=';
  readonly value: TupleValue;
}

/** The match of all concatenations of what other matches compare. */
export function concatenationMatch(definitions: Selectors): MatchDefinition<unknown> {
  const selectorsOf = ({ keys }: Concatenation): readonly Selector[] =>
    keys.flatMap((key) => definitions.find(key)?.selector ?? []);
  return defineMatch<Concatenation>({
    key: ownKey,
    summary:
      'Several fields at once: `ip saddr . tcp dport { 10.0.0.1 . 22, 10.0.0.0/8 . 80-90 }`, also `@set`.',
    read: (reader) => {
      const selectors = reader.selectors();
      if (!selectors) return undefined;
      const op = reader.operator() ?? '==';
      if (op !== '==' && op !== '!=')
        return reader.refuse('HK3010', `\`${op}\` compares one field only`, 'compare with `==` or `!=`');
      const value = reader.tuples(selectors.map(({ field }) => field.type));
      return value && { keys: selectors.map(({ key }) => key), op, value };
    },
    write: (args) =>
      `${args.keys.join(' . ')}${args.op === '!=' ? ' !=' : ''} ${writeValue(args, selectorsOf(args))}`,
    nft: {
      write: (args) => ({ statement: toJson(args, selectorsOf(args)) }),
      read: (statement) => fromJson(definitions, statement),
    },
    iptables: {
      write: (args, target) => writeConditions(args, definitions, target),
      readers: [ipsetReader],
    },
    evaluate: (args, context) => evaluate(args, selectorsOf(args), context),
    symbolic: (args, context) => symbolic(args, selectorsOf(args), context),
    borders: (args, injection, lookups) => {
      const tuples = tuplesOf(args, lookups);
      return tuples && bordersOf(selectorsOf(args), tuples, injection);
    },
    distinguishes: (args, lookups) => {
      const tuples = tuplesOf(args, lookups);
      return tuples && distinctionsOfTuples(selectorsOf(args), tuples);
    },
    selects: ({ keys, op, value }) =>
      op === '==' && value.kind === 'tuples' ? { keys, tuples: value.tuples } : undefined,
    refersToConntrack: ({ keys }) => keys.some((key) => definitions.find(key)?.usesConntrack === true),
    sets: ({ value }) => (value.kind === 'set' ? [value.name] : []),
    transports: (args) => selectorsOf(args).some((selector) => selector.transports === true),
  });
}

function typesOf(selectors: readonly Selector[]) {
  return selectors.map(({ field }) => field.type);
}

function writeValue({ value }: Concatenation, selectors: readonly Selector[]): string {
  if (value.kind === 'set') return `@${writeName(value.name)}`;
  const items = value.tuples.map((tuple) => writeTuple(typesOf(selectors), tuple));
  return `{ ${items.join(', ')} }`;
}

function toJson({ op, value }: Concatenation, selectors: readonly Selector[]): JsonValue {
  return { match: { op, left: selectorsToJson(selectors), right: valueToJson(value, selectors) } };
}

function valueToJson(value: TupleValue, selectors: readonly Selector[]): JsonValue {
  if (value.kind === 'set') return `@${value.name}`;
  const items = value.tuples.map((tuple) => tupleToJson(typesOf(selectors), tuple));
  // nft takes no single value here, only a set of one.
  return { set: items };
}

function fromJson(known: Selectors, statement: JsonValue): Concatenation | undefined {
  const match = isJsonObject(statement) ? statement['match'] : undefined;
  if (!isJsonObject(match) || !isJsonObject(match['left']) || !('concat' in match['left'])) return undefined;
  const selectors = selectorsFromJson(known, match['left']);
  const { op } = match;
  const value = selectors && valueFromJson(selectors, match['right']);
  if (!value || (op !== '==' && op !== '!=' && op !== 'in')) return undefined;
  return { keys: selectors.map(({ key }) => key), op: op === 'in' ? '==' : op, value };
}

function valueFromJson(selectors: readonly Selector[], json: JsonValue | undefined): TupleValue | undefined {
  if (typeof json === 'string' && json.startsWith('@')) return { kind: 'set', name: json.slice(1) };
  const listed = isJsonObject(json) && isJsonArray(json['set']) ? json['set'] : undefined;
  const tuples = complete((listed ?? [json]).map((item) => tupleFromJson(typesOf(selectors), item)));
  return tuples && { kind: 'tuples', tuples };
}

function elementsOf({ value }: Concatenation, context: Lookups): SetElements | undefined {
  return value.kind === 'set' ? context.findSet(value.name)?.elements : value;
}

function tuplesOf(args: Concatenation, context: Lookups): readonly Tuple[] | undefined {
  const elements = elementsOf(args, context);
  return elements?.kind === 'tuples' ? elements.tuples : undefined;
}

function setChanges(value: TupleValue, context: Lookups): Changes | undefined {
  const set = value.kind === 'set' ? context.findSet(value.name) : undefined;
  return set && changesOf(set);
}

/** A missing field fails whatever the operator. */
function evaluate(args: Concatenation, selectors: readonly Selector[], context: EvaluationContext): Truth {
  const { op, value } = args;
  const tuples = tuplesOf(args, context);
  if (!tuples) return { result: 'unknown', why: 'the elements of the set are not known' };
  const found = findByFields(selectors, context.view, tuples, (tuple) => tuple);
  if (found.kind === 'unknown') return { result: 'unknown', why: found.why };
  if (found.kind === 'missing') return { result: false, actual: found.actual };
  const result = (found.kind === 'found') === (op === '==');
  const changes = setChanges(value, context);
  if (found.kind === 'none' && changes && value.kind === 'set')
    return unlisted(value.name, changes, result, context);
  return { result, actual: found.actual };
}

function symbolic(
  args: Concatenation,
  selectors: readonly Selector[],
  context: SymbolicContext,
): Node | undefined {
  const { bdd } = context;
  const { op, value } = args;
  const tuples = tuplesOf(args, context);
  if (!tuples) return undefined;
  const key = symbolicKey(selectors, context);
  const set = value.kind === 'set' ? context.findSet(value.name) : undefined;
  const gained = (set && gainedKey(set, selectors, context)) ?? 0;
  const found = bdd.or(key.isOneOf(tuples), gained);
  return op === '==' ? bdd.and(key.present, found) : bdd.minus(key.present, found);
}

/** A set that ipset can hold is looked up there. */
function ipsetCondition({ keys, op, value }: Concatenation, target: IptablesTarget): Condition | undefined {
  const set = value.kind === 'set' ? target.findSet(value.name) : undefined;
  const found = set && ipsetLookup(set, keys, target.family);
  if (!found) return undefined;
  if (found === 'never') return { kind: 'never' };
  const { sides, protocol } = found;
  const negated = op === '!=';
  const wanted = negated && keys.some(mayMiss);
  if (wanted && !hasModule(protocol)) return undefined;
  const words = moduleOption('set', negated, '--match-set', target.ipset(set.name), sides.join(','));
  // What has no ports is not found either, so that `!` would hold: the module of the protocol asks for them.
  const alternatives = [[...(wanted && hasModule(protocol) ? [header(protocol)] : []), words]];
  return { kind: 'any', alternatives, ...(protocol && { protocol: protocolNumber[protocol] }) };
}

/** Whether iptables has a module of the protocol that asks for nothing but its header. */
function hasModule(protocol: string | undefined): protocol is 'tcp' | 'udp' {
  return protocol === 'tcp' || protocol === 'udp';
}

/** Whether a packet may lack the field, which ends a rule of nft and not one of iptables that has `!`. */
function mayMiss(key: string): boolean {
  return lookedUpBy(key)?.part === 'port';
}

const ipsetReader: IptablesReader<Concatenation> = {
  module: 'set',
  options: setOptions,
  takes: 'together',
  first: true,
  read: ([given, more], { ipset, family, protocol, hasHeader }) => {
    const [name = '', sides = ''] = given?.words ?? [];
    const set = given?.option === '--match-set' ? ipset?.(name) : undefined;
    if (!given || more || set?.ipset === undefined || set.elements.kind !== 'tuples') return undefined;
    const named = portProtocols.find((one) => protocolNumber[one] === protocol) ?? 'th';
    const keys = keysOfSides(typeOfWords(set.ipset), sides.split(','), family, named);
    const isSaid = !given.negated || (hasHeader && hasModule(named)) || !keys?.some(mayMiss);
    if (!keys || !isSaid || !isRead(set, keys, family)) return undefined;
    return { keys, op: given.negated ? '!=' : '==', value: { kind: 'set', name } };
  },
};

const portProtocols = ['tcp', 'udp', 'sctp', 'udplite'] as const;

function isRead(set: NamedSet, keys: readonly string[], family: 'ip' | 'ip6'): boolean {
  const found = ipsetLookup(set, keys, family);
  return found !== undefined && found !== 'never';
}

/** A rule for each tuple; a named set counts as what it holds now, so one that changes can't be said. */
function writeConditions(args: Concatenation, definitions: Selectors, target: IptablesTarget): Condition {
  const ipset = ipsetCondition(args, target);
  if (ipset) return ipset;
  const changes = setChanges(args.value, target);
  const tuples = tuplesOf(args, target);
  if (!tuples || changes)
    return { kind: 'unsupported', why: `iptables can't look \`${args.keys.join(' . ')}\` up in this set` };
  return tupleConditions(args.keys, tuples, { definitions, target, negated: args.op === '!=' });
}

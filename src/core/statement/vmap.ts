// `ct state vmap { established : accept, invalid : drop }`: the verdict that a map has for the values of some fields.
import type { Statement } from '../ir/ruleset.ts';
import type { Entry, EntryData, MapVerdict } from '../ir/tuple.ts';
import {
  distinctionsOfLookup,
  entriesOf,
  type Lookup,
  lookUp,
  lookupFromJson,
  lookupToJson,
  readMap,
  symbolicLookUp,
  writeKeys,
  writeMap,
} from '../match/lookup.ts';
import { findingsOf, hasDefault } from '../match/lookup-iptables.ts';
import { quote, writeName } from '../match/quote.ts';
import type { TermReader } from '../match/reader.ts';
import { isParenthesized, ofConntrack, readReadings, selectorsOf } from '../match/reading.ts';
import { bordersOf } from '../match/tuple-borders.ts';
import { isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { defineStatement, type Effect, oneOf, type TargetCase } from './define.ts';
import { anything, type SymbolicEffect, within } from './symbolic.ts';

export const vmap = defineStatement<Lookup>({
  key: 'vmap',
  summary:
    'Gives the verdict that a map has for a field or several: `ct state vmap { established : accept, invalid : drop }`.',
  terminal: false,
  maps: ({ map }) => (map.kind === 'set' ? [{ name: map.name, data: 'verdict' }] : []),
  refersToConntrack: ({ keys }) => keys.some(ofConntrack),
  chains: ({ map }, lookups) => entriesOf(map, lookups).flatMap(({ data }) => chainOf(data)),
  leavesChain: ({ map }, lookups) => map.kind === 'set' || entriesOf(map, lookups).some(leaves),
  read: (reader) => {
    const keys = readReadings(reader);
    if (!keys) return undefined;
    return reader.word('vmap')
      ? readMap(reader, keys, readVerdict)
      : reader.fail('HK3009', 'expected `vmap`');
  },
  write,
  nft: {
    write: (lookup) => ({ statement: { vmap: lookupToJson(lookup, 'verdict') } }),
    read: fromJson,
  },
  iptables: {
    write: (lookup, target) => {
      const found = findingsOf(lookup, target);
      if ('kind' in found) return found;
      const cases = found.map(({ data, ...one }): TargetCase => ({ ...one, what: statementOf(data) }));
      return { kind: 'cases', cases, overlapping: hasDefault(lookup, target) };
    },
    readers: [],
  },
  borders: ({ keys, map }, injection, lookups) =>
    bordersOf(
      selectorsOf(keys),
      entriesOf(map, lookups).map(({ key }) => key),
      injection,
    ),
  distinguishes: (lookup, lookups) => distinctionsOfLookup(lookup, lookups),
  execute: (lookup, context) => {
    const found = lookUp(lookup, context);
    if (found.kind === 'found') return effectOf(found.data);
    const miss: Effect = {
      kind: 'mismatch',
      condition: write(lookup),
      actual: found.kind === 'none' ? found.actual : '?',
    };
    if (found.kind === 'none') return miss;
    if (!found.possible) return { kind: 'unknown', why: found.why };
    return oneOf(found.why, [
      ...found.possible.map((data) => ({ label: verdictOf(data), effect: effectOf(data) })),
      ...(found.mayMiss ? [{ label: 'no verdict of the map', effect: miss }] : []),
    ]);
  },
  symbolic: (lookup, context) => {
    const { found, none, missing, unknown } = symbolicLookUp(lookup, context);
    return [
      ...found.map(({ when, data }) => ({ when, effect: symbolicOf(data) })),
      { when: context.bdd.or(none, missing), effect: { kind: 'mismatch' } },
      ...within(context, unknown, anything(context, `what is in \`${write(lookup)}\` is not all known`)),
    ];
  },
});

function symbolicOf(data: EntryData): SymbolicEffect {
  const isVerdict = data.kind === 'verdict' && data.verdict.kind !== 'continue';
  return isVerdict ? { kind: 'verdict', verdict: data.verdict } : { kind: 'none' };
}

function leaves({ data }: Entry): boolean {
  return data.kind === 'verdict' && (data.verdict.kind === 'return' || data.verdict.kind === 'goto');
}

function chainOf(data: EntryData): readonly string[] {
  return data.kind === 'verdict' && 'chain' in data.verdict ? [data.verdict.chain] : [];
}

/** `continue` goes on with what stands behind the map in its rule. */
function effectOf(data: EntryData): Effect {
  if (data.kind !== 'verdict') return { kind: 'unknown', why: 'the map holds no verdicts' };
  return data.verdict.kind === 'continue' ? { kind: 'none' } : { kind: 'verdict', verdict: data.verdict };
}

function statementOf(data: EntryData): TargetCase['what'] {
  const verdict: MapVerdict = data.kind === 'verdict' ? data.verdict : { kind: 'continue' };
  return { key: verdict.kind, args: 'chain' in verdict ? { chain: verdict.chain } : {} };
}

/** The statement that gives the verdict that the entries have for these fields. */
export function verdictMapOf(keys: readonly string[], entries: readonly Entry[]): Statement {
  const args: Lookup = {
    keys: keys.map((key) => ({ key, steps: [] })),
    map: { kind: 'entries', entries },
  };
  return { kind: 'statement', key: vmap.key, args };
}

/** Reads the verdict that a map has for something. */
export function readVerdict(reader: TermReader): EntryData | undefined {
  const plain = reader.word('accept', 'drop', 'continue', 'return');
  if (plain) return { kind: 'verdict', verdict: { kind: plain } };
  const leap = reader.word('jump', 'goto');
  if (!leap) return reader.fail('HK3009', 'expected a verdict');
  const chain = reader.name();
  return chain === undefined ? undefined : { kind: 'verdict', verdict: { kind: leap, chain } };
}

function write(lookup: Lookup): string {
  return `${writeKeys(lookup.keys)} vmap ${writeMap(lookup, verdictOf)}`;
}

function verdictOf(data: EntryData): string {
  return data.kind === 'verdict' ? writeVerdict(data.verdict) : quote('');
}

/** Writes a verdict so that readVerdict reads the same. */
export function writeVerdict(verdict: MapVerdict): string {
  return 'chain' in verdict ? `${verdict.kind} ${writeName(verdict.chain)}` : verdict.kind;
}

/** No statement of the language begins with a parenthesis. */
function fromJson(statement: JsonValue): Lookup | undefined {
  const lookup = isJsonObject(statement) ? lookupFromJson(statement['vmap'], 'verdict') : undefined;
  return lookup?.keys[0] && !isParenthesized(lookup.keys[0]) ? lookup : undefined;
}

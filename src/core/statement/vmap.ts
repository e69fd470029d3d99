// `ct state vmap { established : accept, invalid : drop }`: the verdict that a map has for the values of some fields.
import type { NamedMap } from '../ir/ruleset.ts';
import { changesOf } from '../ir/set.ts';
import type { Entry, EntryData, MapVerdict } from '../ir/tuple.ts';
import type { Lookups } from '../match/define.ts';
import { entriesFromJson, entryToJson } from '../match/map-json.ts';
import { quote, writeName } from '../match/quote.ts';
import type { EntryValue, TermReader } from '../match/reader.ts';
import { selectors } from '../match/registry.ts';
import type { Selector } from '../match/selector.ts';
import { findByFields } from '../match/tuple.ts';
import { presentCondition, tupleCondition } from '../match/tuple-iptables.ts';
import { selectorsFromJson, selectorsToJson } from '../match/tuple-json.ts';
import { writeTuple } from '../match/tuple-language.ts';
import { isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { defineStatement, type Effect, type TargetCase } from './define.ts';

interface VerdictMap {
  /** The keys of the fields that are looked up. */
  readonly keys: readonly string[];
  readonly map: EntryValue;
}

function selectorsOf({ keys }: VerdictMap): readonly Selector[] {
  return keys.flatMap((key) => selectors.find(key)?.selector ?? []);
}

function typesOf(args: VerdictMap) {
  return selectorsOf(args).map(({ field }) => field.type);
}

export const vmap = defineStatement<VerdictMap>({
  key: 'vmap',
  summary:
    'Gives the verdict that a map has for a field or several: `ct state vmap { established : accept, invalid : drop }`.',
  terminal: false,
  refersToConntrack: ({ keys }) => keys.some((key) => selectors.find(key)?.usesConntrack === true),
  chains: ({ map }, lookups) => entriesOf(map, lookups).flatMap(({ data }) => chainOf(data)),
  leavesChain: ({ map }, lookups) => map.kind === 'set' || entriesOf(map, lookups).some(leaves),
  read: (reader) => {
    const found = reader.selectors();
    if (!found) return undefined;
    if (!reader.word('vmap')) return reader.fail('HK3009', 'expected `vmap`');
    const types = found.map(({ field }) => field.type);
    const map = reader.entries(types, readVerdict);
    return map && { keys: found.map(({ key }) => key), map };
  },
  write,
  nft: {
    write: (args) => ({ statement: toJson(args) }),
    read: fromJson,
  },
  iptables: {
    write: (args, target) => {
      const entries = knownEntries(args.map, target);
      if (!entries)
        return {
          kind: 'unsupported',
          why: `iptables can't look \`${args.keys.join(' . ')}\` up in this map`,
        };
      const cases = entries.toSorted(catchAllLast).map(({ key, data }): TargetCase => {
        const spelling = { definitions: selectors, target };
        const when =
          key === 'any'
            ? presentCondition(selectorsOf(args), spelling)
            : tupleCondition(args.keys, key, spelling);
        return { when, what: statementOf(data) };
      });
      return { kind: 'cases', cases };
    },
    readers: [],
  },
  execute: (args, context) => {
    const map = args.map.kind === 'set' ? context.findMap(args.map.name) : undefined;
    if (args.map.kind === 'set' && !map)
      return { kind: 'unknown', why: `what map \`${args.map.name}\` holds is not known` };
    const entries = entriesOf(args.map, context);
    const found = findByFields(selectorsOf(args), context.view, entries, ({ key }) => key);
    if (found.kind === 'found') return effectOf(found.item.data);
    if (found.kind === 'unknown') return { kind: 'unknown', why: found.why };
    return found.kind === 'none' && map && changesOf(map) === 'by-rules'
      ? { kind: 'unknown', why: `rules add to \`${map.name}\` while packets pass` }
      : { kind: 'mismatch', condition: write(args), actual: found.actual };
  },
});

function leaves({ data }: Entry): boolean {
  return data.kind === 'verdict' && (data.verdict.kind === 'return' || data.verdict.kind === 'goto');
}

function catchAllLast(one: Entry, other: Entry): number {
  return Number(one.key === 'any') - Number(other.key === 'any');
}

function chainOf(data: EntryData): readonly string[] {
  return data.kind === 'verdict' && 'chain' in data.verdict ? [data.verdict.chain] : [];
}

function entriesOf(map: EntryValue, lookups: Lookups): readonly Entry[] {
  return map.kind === 'entries' ? map.entries : (lookups.findMap(map.name)?.entries ?? []);
}

/** Entries that come and go have no rules that would do the same. */
function knownEntries(map: EntryValue, lookups: Lookups): readonly Entry[] | undefined {
  const named: NamedMap | undefined = map.kind === 'set' ? lookups.findMap(map.name) : undefined;
  return map.kind === 'set' && (!named || changesOf(named)) ? undefined : entriesOf(map, lookups);
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

/** Reads the verdict that a map has for something. */
export function readVerdict(reader: TermReader): EntryData | undefined {
  const plain = reader.word('accept', 'drop', 'continue', 'return');
  if (plain) return { kind: 'verdict', verdict: { kind: plain } };
  const leap = reader.word('jump', 'goto');
  if (!leap) return reader.fail('HK3009', 'expected a verdict');
  const chain = reader.name();
  return chain === undefined ? undefined : { kind: 'verdict', verdict: { kind: leap, chain } };
}

function write(args: VerdictMap): string {
  return `${args.keys.join(' . ')} vmap ${writeMap(args)}`;
}

function writeMap(args: VerdictMap): string {
  if (args.map.kind === 'set') return `@${writeName(args.map.name)}`;
  const types = typesOf(args);
  const items = args.map.entries.map(({ key, data }) => {
    const verdict = data.kind === 'verdict' ? writeVerdict(data.verdict) : quote('');
    return `${key === 'any' ? 'default' : writeTuple(types, key)} : ${verdict}`;
  });
  return `{ ${items.join(', ')} }`;
}

/** Writes a verdict so that readVerdict reads the same. */
export function writeVerdict(verdict: MapVerdict): string {
  return 'chain' in verdict ? `${verdict.kind} ${writeName(verdict.chain)}` : verdict.kind;
}

function toJson(args: VerdictMap): JsonValue {
  const { map } = args;
  const types = typesOf(args);
  const data =
    map.kind === 'set'
      ? `@${map.name}`
      : { set: map.entries.map((entry) => entryToJson(types, 'verdict', entry)) };
  return { vmap: { key: selectorsToJson(selectorsOf(args)), data } };
}

function fromJson(statement: JsonValue): VerdictMap | undefined {
  const given = isJsonObject(statement) ? statement['vmap'] : undefined;
  const found = isJsonObject(given) ? selectorsFromJson(selectors, given['key']) : undefined;
  const map = found && isJsonObject(given) ? mapFromJson(found, given['data']) : undefined;
  return found && map && { keys: found.map(({ key }) => key), map };
}

function mapFromJson(found: readonly Selector[], data: JsonValue | undefined): EntryValue | undefined {
  if (typeof data === 'string' && data.startsWith('@')) return { kind: 'set', name: data.slice(1) };
  const types = found.map(({ field }) => field.type);
  const entries = isJsonObject(data) ? entriesFromJson(types, 'verdict', data['set']) : undefined;
  return entries && { kind: 'entries', entries };
}

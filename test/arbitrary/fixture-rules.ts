// Rule sets drawn from the fixtures of the registries, so that a new match or statement is drawn by itself: each case
// is a piece of a rule, and pieces that may stand in the same chain make rules.
import fc from 'fast-check';
import type { Chain, Rule, RuleSet, Table } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { findStatement } from '../../src/core/statement/registry.ts';
import { partOf } from '../support/spelling.ts';
import { type SpellingFixture, spellingFixtures, textsOf } from '../support/spelling-fixture.ts';

/** One case of a fixture, where it may stand. */
interface Piece {
  /** `mangle FORWARD`, and the table of iptables alone. */
  readonly place: string;
  readonly key: string;
  readonly text: string;
  /** And objects. */
  readonly sets: readonly string[];
  readonly kind: 'match' | 'statement' | 'end';
}

function piecesOf(folder: 'match' | 'statement'): readonly Piece[] {
  return spellingFixtures(folder).flatMap((fixture) =>
    fixture.cases.map((one) => pieceOf(fixture, folder, textsOf(one, 'dsl')[0] ?? '')),
  );
}

function pieceOf(fixture: SpellingFixture, folder: 'match' | 'statement', text: string): Piece {
  const { table, chain, isTcp } = fixture;
  const sets = [...fixture.sets, ...fixture.objects];
  const { kind, key } = partOf(fixture, text);
  const isEnd = kind === 'statement' && findStatement(key)?.terminal === true;
  const start = isTcp ? 'meta l4proto tcp ' : '';
  return { place: `${table} ${chain}`, key, text: start + text, sets, kind: isEnd ? 'end' : folder };
}

const pieces = [...piecesOf('match'), ...piecesOf('statement')];
const places = [...new Set(pieces.map(({ place }) => place))];

/** Which of a kind may stand in a chain, each key once: iptables takes most options once in a rule. */
function piecesAt(place: string, kind: Piece['kind'], most: number): fc.Arbitrary<readonly Piece[]> {
  const fitting = pieces.filter((piece) => piece.place === place && piece.kind === kind);
  if (fitting.length === 0) return fc.constant([]);
  return fc.uniqueArray(fc.constantFrom(...fitting), { maxLength: most, selector: ({ key }) => key });
}

/** A rule: what it asks, what it does on its way, how it ends. */
function rules(place: string): fc.Arbitrary<readonly Piece[]> {
  const parts = [
    piecesAt(place, 'match', 3),
    piecesAt(place, 'statement', 2),
    piecesAt(place, 'end', 1),
  ] as const;
  return fc.tuple(...parts).map((all) => all.flat());
}

/** Sets and maps of every kind of element, and all that may be said of them. */
const declarations = [
  'set a1 : ipv4_addr = { 10.0.0.1, 10.0.1.0/24 }',
  'set a2 : ipv6_addr = { 2001:db8::1-2001:db8::9 }',
  'set c1 : ipv4_addr . port = { 10.0.0.1 . 22, 10.0.0.0/8 . 80-90 }',
  'set d1 : ipv6_addr {\nflags dynamic, timeout\ntimeout 1h\nsize 100\ncomment "who"\n}',
  'set d2 : ipv4_addr {\nflags timeout\nelements = { 10.0.0.1 timeout 30s comment "a guest" }\n}',
  'set i1 : interface = { "eth0", "wan*" }',
  'set k1 : mark = { 0x1-0x5 }',
  'set o1 : protocol = { tcp, udp }',
  'set w1 : port = { 22, 80-90 }',
  'map m1 : port -> verdict = { 22 : accept, 80 : jump other }',
  'map m2 : ipv4_addr -> mark = { 10.0.0.1 : 0x1, 10.0.0.2 : 0x2 }',
  'map m3 : ipv4_addr . port -> ipv4_addr = { 10.0.0.1 . 80 : 10.0.0.2 }',
] as const;

/** A chain of a family's table, as `table` says it, with rules that are right for it. */
export interface DrawnChain {
  readonly family: 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev';
  readonly place: string;
  readonly rules: readonly string[];
  readonly sets: readonly string[];
  /** Of its base chain; those of iptables' tables have no choice of the first. */
  readonly priority: number;
  readonly policy: 'accept' | 'drop';
}

const frames = fc.record({
  priority: fc.constantFrom(-450, -150, -1, 0, 7, 50, 100),
  policy: fc.constantFrom('accept', 'drop'),
  declared: fc.subarray([...declarations], { maxLength: 3 }),
});

/** The keys of all that is drawn for chains of these families. */
export function drawnKeys(families: readonly DrawnChain['family'][]): ReadonlySet<string> {
  const loads = (family: DrawnChain['family'], { place, text, sets }: Piece) =>
    hasPlace(family, place) &&
    loadChain({ family, place, sets, rules: [text], priority: 0, policy: 'accept' }) !== undefined;
  const found = new Set<string>();
  for (const piece of pieces)
    if (!found.has(piece.key) && families.some((family) => loads(family, piece))) found.add(piece.key);
  return found;
}

/** Rules that do not hold together, such as one for TCP and UDP at once, are left out. */
export function drawnChains(families: readonly DrawnChain['family'][]): fc.Arbitrary<DrawnChain> {
  const all = families.flatMap((family) => places.map((place) => [family, place] as const));
  const where = fc.constantFrom(...all.filter(([family, place]) => hasPlace(family, place)));
  return fc.tuple(where, frames).chain(([[family, place], { declared, ...frame }]) =>
    fc.array(rules(place), { minLength: 1, maxLength: 8 }).map((list): DrawnChain => {
      const sets = oneOfEachName([...declared, ...list.flat().flatMap((piece) => piece.sets)]);
      const texts = list.map((one) => one.map(({ text }) => text).join(' ')).filter((text) => text !== '');
      const bare = { family, place, sets, ...frame } as const;
      return { ...bare, rules: texts.filter((text) => loadChain({ ...bare, rules: [text] }) !== undefined) };
    }),
  );
}

/** Two cases of fixtures in one rule, and each of them alone in the same chain. */
export function drawnPairs(family: DrawnChain['family']): fc.Arbitrary<readonly DrawnChain[]> {
  const keys = [...new Set(pieces.map(({ key }) => key))];
  const piece = fc
    .constantFrom(...keys)
    .chain((key) => fc.constantFrom(...pieces.filter((one) => one.key === key)));
  return fc.tuple(piece, piece).map((pair) => {
    const [first, last] = pair[0].kind === 'end' ? [pair[1], pair[0]] : pair;
    const place = first.kind === 'statement' ? first.place : last.place;
    const sets = oneOfEachName([...first.sets, ...last.sets]);
    const texts = [`${first.text} ${last.text}`, first.text, last.text];
    return texts.map((text) => ({ family, place, sets, rules: [text], priority: 0, policy: 'accept' }));
  });
}

/** Fixtures may have different sets of one name; objects are of different kinds. */
function oneOfEachName(sets: readonly string[]): readonly string[] {
  return [...new Map(sets.map((text) => [nameIn(text), text])).values()];
}

function nameIn(declaration: string): string {
  return /^(?:set|map) (\S+)/.exec(declaration)?.[1] ?? declaration;
}

/** Families that have the hook and the type of chain of a place. */
function hasPlace(family: DrawnChain['family'], place: string): boolean {
  return family === 'ip' || family === 'ip6' || family === 'inet' || !place.startsWith('nat');
}

/** The rule set of a chain; undefined where something is wrong with it. */
export function loadChain(drawn: DrawnChain): RuleSet | undefined {
  const [table = ''] = drawn.place.split(' ');
  const lines = [`table ${drawn.family} ${table} {`, ...drawn.sets, 'chain other { counter }'];
  const text = [...lines, headOf(drawn), ...drawn.rules, '}', '}', ''].join('\n');
  return loadPolicy({ name: 'drawn.hook', text }, 'hook').value?.ruleSet;
}

/** The line that begins the chain. In tables of one IP version it is a built-in chain of iptables. */
function headOf({ family, place, priority, policy }: DrawnChain): string {
  const [table = '', chain = ''] = place.split(' ');
  const type = table === 'nat' ? 'nat' : 'filter';
  const rest = `priority ${table === 'nat' ? 50 : priority} policy ${policy} {`;
  switch (family) {
    case 'ip':
    case 'ip6':
      return `chain ${chain} ${table === 'nat' ? '' : `policy ${policy} `}{`;
    case 'arp':
      return `chain "c" type ${type} hook input ${rest}`;
    case 'netdev':
      return `chain "c" type ${type} hook ingress device "lo" ${rest}`;
    case 'bridge':
    case 'inet':
      return `chain "c" type ${type} hook ${chain.toLowerCase()} ${rest}`;
  }
}

/** The rule set with those objects and rules only that some test holds for, one by one. */
export function keepRules(ruleSet: RuleSet, holds: (one: RuleSet) => boolean): RuleSet {
  const tables = ruleSet.tables.map(({ objects, ...rest }): Table => {
    const kept = objects?.filter((object) => holds({ tables: [{ ...rest, chains: [], objects: [object] }] }));
    const table = { ...rest, ...(kept && kept.length > 0 && { objects: kept }) };
    return { ...table, chains: rest.chains.map((chain) => keepIn(chain, table, holds)) };
  });
  return { tables };
}

function keepIn(chain: Chain, table: Table, holds: (one: RuleSet) => boolean): Chain {
  const alone = (rule: Rule): RuleSet => ({
    tables: [
      { ...table, chains: table.chains.map((one) => (one === chain ? { ...one, rules: [rule] } : one)) },
    ],
  });
  return { ...chain, rules: chain.rules.filter((rule) => holds(alone(rule))) };
}

// Rules that no packet reaches: behind one that ends every packet, or that ends all those that meet their conditions; and
// rules that no packet meets, because their conditions contradict each other or what led to their chain.
import type { Chain, Match, Part, Rule } from '../ir/ruleset.ts';
import { findMatch } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';
import type { Span } from '../text/source.ts';

/** A place of the text none of whose rules a packet comes to. */
export interface Unreached {
  readonly span: Span;
  /** The rule that ends all packets before. */
  readonly by?: Rule;
  /** That one has no conditions. */
  readonly always: boolean;
}

/** Conditions of which a packet that comes to the chain meets all. */
export type Entry = readonly Match[];

/** In a longer chain rules are not compared with each other one by one, which would take longer than all else. */
const mostCompared = 200;

/** The first place that has rules only behind one without conditions that ends every packet, and that rule. */
export function firstBehindEnd({ rules }: Pick<Chain, 'rules'>): Required<Unreached> | undefined {
  const end = rules.findIndex(endsAll);
  const by = rules[end];
  if (!by || end === rules.length - 1) return undefined;
  const before = new Set(rules.slice(0, end + 1).map(placeOf));
  const first = rules.slice(end + 1).find((rule) => rule.span && !before.has(placeOf(rule)));
  return first?.span && { span: first.span, by, always: true };
}

/** The text that it comes from, as a key. */
function placeOf({ span }: Rule): string {
  return span ? `${span.source.name} ${span.start} ${span.end}` : '';
}

/** The places in order; a packet that comes to the chain meets one of the entries. */
export function unreachedIn(
  { rules }: Pick<Chain, 'rules'>,
  entries: readonly Entry[],
): readonly Unreached[] {
  const places = new Map<string, { span: Span; dead: (Unreached | undefined)[] }>();
  const before: Before = { closing: [], ends: [], entries };
  for (const rule of rules) {
    if (rule.span) {
      const key = placeOf(rule);
      const place = places.get(key) ?? { span: rule.span, dead: [] };
      place.dead.push(whyUnreached(rule, rule.span, before));
      places.set(key, place);
    }
    note(rule, before, rules.length <= mostCompared);
  }
  return [...places.values()].flatMap(({ dead }) =>
    dead.every((one) => one !== undefined) ? (dead[0] ?? []) : [],
  );
}

/** What is known of the rules before one. */
interface Before {
  /** The first that ends all packets, and the next one of another place. */
  readonly closing: Rule[];
  /** Those that end all that meet their conditions, since something last changed what conditions look at. */
  ends: { readonly rule: Rule; readonly conditions: Entry }[];
  /** Conditions of the packets that come to the chain; none once something has changed. */
  entries: readonly Entry[];
}

function note(rule: Rule, before: Before, compares: boolean): void {
  const [first] = before.closing;
  if (before.closing.length < 2 && endsAll(rule) && !(first && isBeside(first, rule.span)))
    before.closing.push(rule);
  if (mayChange(rule)) {
    before.ends = [];
    before.entries = [];
  } else if (compares && endsThose(rule)) before.ends.push({ rule, conditions: conditionsOf(rule) });
}

/** Both come of one place of the text. */
function isBeside({ span: one }: Rule, other: Span | undefined): boolean {
  return one !== undefined && one.source === other?.source && one.start === other.start;
}

function whyUnreached(rule: Rule, span: Span, { closing, ends, entries }: Before): Unreached | undefined {
  const end = closing.find((one) => !isBeside(one, span));
  if (end) return { span, by: end, always: true };
  const known = entries.length > 0 ? entries : [[]];
  const own = conditionsOf(rule);
  const possible = known.map((entry) => [...entry, ...own]).filter((all) => !isContradictory(all));
  if (possible.length === 0) return { span, always: false };
  const covering = possible.map(
    (all) => ends.find((one) => !isBeside(one.rule, span) && isCovered(one.conditions, all))?.rule,
  );
  const [by] = covering;
  return by && covering.every(Boolean) ? { span, by, always: false } : undefined;
}

/** Whether every packet that meets its conditions leaves the chain by it. */
function endsThose({ parts }: Rule): boolean {
  return parts.every(isPlain) && parts.some(isEnd);
}

function endsAll(rule: Rule): boolean {
  return endsThose(rule) && rule.parts.every((part) => part.kind !== 'match');
}

function isEnd(part: Part): boolean {
  return part.kind === 'statement' && findStatement(part.key)?.ends?.(part.args) === true;
}

/** Not what counts or looks something up: with it some packets leave the rule before its verdict. */
function isPlain(part: Part): boolean {
  if (part.kind === 'statement') return isEnd(part) || findStatement(part.key)?.passes === true;
  return part.kind === 'match' && findMatch(part.key)?.stateful !== true;
}

/** Whether conditions may hold behind it that did not before. */
function mayChange({ parts }: Rule): boolean {
  return parts.some((part) => {
    if (part.kind !== 'statement') return part.kind === 'opaque';
    const definition = findStatement(part.key);
    return (
      definition?.changesPacket === true ||
      definition?.chain !== undefined ||
      definition?.chains !== undefined
    );
  });
}

/** Those before anything that may change what they look at. */
function conditionsOf({ parts }: Rule): Entry {
  const end = parts.findIndex((part) => part.kind !== 'match' && mayChange({ parts: [part] }));
  return (end === -1 ? parts : parts.slice(0, end)).flatMap((part) => (part.kind === 'match' ? [part] : []));
}

function isContradictory(all: Entry): boolean {
  return all.some((one, at) => all.slice(at + 1).some((other) => exclude(one, other)));
}

function exclude(one: Match, other: Match): boolean {
  const [mine, others] = [findMatch(one.key), findMatch(other.key)];
  if (mine?.stateful) return false;
  const families = [mine?.family ?? mine?.leaves?.(one.args), others?.family ?? others?.leaves?.(other.args)];
  if (families[0] && families[1] && families[0] !== families[1]) return true;
  return one.key === other.key && mine?.relate?.(one.args, other.args) === 'excludes';
}

/** Whether all the conditions hold wherever the others do. */
function isCovered(conditions: Entry, all: Entry): boolean {
  return conditions.every((one) => all.some((other) => covers(one, other)));
}

function covers(one: Match, other: Match): boolean {
  const definition = findMatch(one.key);
  if (!definition || one.key !== other.key) return false;
  return (
    definition.write(one.args) === definition.write(other.args) ||
    definition.relate?.(one.args, other.args) === 'covers'
  );
}

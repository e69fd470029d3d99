// Watching traces of the packets of one connection: every question that they ask about it, in order.
import type { CompactEntry } from '../conntrack/compact/compact-entry.ts';
import type { NatRange } from '../conntrack/nat.ts';
import type { Direction } from '../conntrack/tuple.ts';
import type { AddressFamily } from '../datatype/address.ts';
import type { Chain, Part, Table } from '../ir/ruleset.ts';
import type { EvaluationContext } from '../match/define.ts';
import { findStatement } from '../statement/registry.ts';
import { contextAt } from '../trace/condition.ts';
import type { Observer } from '../trace/observer.ts';
import type { Run } from '../trace/run.ts';
import { type Asked, askedBy } from './asked.ts';
import { bordersOf } from './borders.ts';
import { type Component, classOf, identity, opposite, valueOfComponent } from './component.ts';
import { type Dimension, dimensions } from './dimension.ts';
import { lookInto, nextRuleQuestion, type Traveller } from './indexed.ts';
import { recorded } from './recorded.ts';
import { type RuleIndex, ruleIndex, type Unsettled } from './rule-index.ts';
import type { Answered, Question } from './tree.ts';

/** What all recordings share: questions that came up before, and the indexes of chains. */
export interface Knowledge {
  readonly asked: WeakMap<Part, Partial<Record<AddressFamily, readonly Asked[] | 'untold'>>>;
  readonly questions: Map<unknown, Map<string, Question>>;
  readonly indexes: Map<Chain, Map<string, RuleIndex>>;
  readonly unsettled: Unsettled;
}

/** Nothing is known. */
export function newKnowledge(): Knowledge {
  return { asked: new WeakMap(), questions: new Map(), indexes: new Map(), unsettled: new Set() };
}

/** A recording of what traces of one connection ask. */
export interface Recording {
  /** For a packet of that direction; `isFirst`: of a connection that is not there yet. */
  readonly observer: (direction: Direction, isFirst: boolean) => Observer;
  readonly path: readonly Answered[];
  /** A condition turned out not to be fit for an index: everything that was recorded with it is void. */
  readonly isVoid: boolean;
}

/** Begins a recording. */
export function record(connection: CompactEntry, knowledge: Knowledge): Recording {
  const path: Answered[] = [];
  const before = knowledge.unsettled.size;
  const seen = new Set<Question>();
  const ask = (question: Question) => {
    if (seen.has(question)) return;
    seen.add(question);
    path.push({ question, answer: question.answer(connection) });
  };
  return {
    observer: (direction, isFirst) => observerOf({ connection, direction, isFirst }, knowledge, ask),
    path,
    get isVoid() {
      return knowledge.unsettled.size > before;
    },
  };
}

type Ask = (question: Question) => void;

function observerOf(traveller: Traveller, knowledge: Knowledge, ask: Ask): Observer {
  const askAll = (list: readonly Asked[]) => {
    for (const one of list)
      for (const component of componentsOf(one, traveller))
        ask(questionOf(knowledge, component, one.borders));
  };
  let settled: ReadonlySet<Part> | undefined;
  let isChanged = false;
  return {
    seen: (part, context) => {
      isChanged ||= changesPacket(part);
      if (settled?.has(part)) return context;
      const asked = askedOf(knowledge, part, traveller.connection.family, context);
      if (asked !== 'untold') askAll(asked);
      return asked === 'untold' ? recorded(context, (dimension) => askAll(anyOf(dimension))) : context;
    },
    bound: (manip, range) => askAll(askedByBinding(manip, range)),
    nextRule: (run, table, chain, from) => {
      settled = undefined;
      if (isChanged || run.overwritten.size > 0 || typeof run.layer === 'string') return from;
      const index = indexFor(knowledge, run, table, chain);
      if (!index.settled[from]?.size) return from;
      const found = lookInto(index, run, table, traveller);
      if (!found) return from;
      if ('unsettled' in found) {
        knowledge.unsettled.add(found.unsettled);
        knowledge.indexes.delete(chain);
        return from;
      }
      const question = nextRuleQuestion(found, from, chain.rules.length);
      if (found.varying.length > 0) ask(question);
      const next = question.answer(traveller.connection);
      settled = index.settled[next];
      return next;
    },
  };
}

function changesPacket(part: Part): boolean {
  return (
    part.kind === 'opaque' || (part.kind === 'statement' && findStatement(part.key)?.changesPacket === true)
  );
}

function anyOf(dimension: Dimension): readonly Asked[] {
  return (['packet', 'original', 'reply'] as const).map((of) => ({ of, dimension }));
}

/** The index of a chain for what the packet is. */
function indexFor({ indexes, unsettled }: Knowledge, run: Run, table: Table, chain: Chain): RuleIndex {
  const { family, protocol } = run.packet;
  const name = `${family} ${protocol}`;
  const known = indexes.get(chain) ?? new Map<string, RuleIndex>();
  indexes.set(chain, known);
  const index = known.get(name) ?? ruleIndex(chain, family, contextAt(run, table), unsettled);
  known.set(name, index);
  return index;
}

function askedOf(
  { asked }: Knowledge,
  part: Part,
  family: AddressFamily,
  context: EvaluationContext,
): readonly Asked[] | 'untold' {
  const known = asked.get(part) ?? {};
  const found = known[family] ?? askedBy(part, family, context) ?? 'untold';
  if (!known[family]) asked.set(part, { ...known, [family]: found });
  return found;
}

/**
 * The components that may be what is asked for: of a translated connection the packet has parts of either tuple. Of one
 * that begins the reply tuple has what the original one has, or a constant.
 */
function componentsOf(
  { of, dimension }: Asked,
  { connection, direction, isFirst }: Traveller,
): readonly Component[] {
  if (isFirst) {
    const across = of === 'reply' ? opposite[dimension] : dimension;
    return [{ tuple: 'original', dimension: across }];
  }
  if (of !== 'packet') return [{ tuple: of, dimension }];
  const own: Component = { tuple: direction, dimension };
  const other = direction === 'original' ? 'reply' : 'original';
  const translated: Component = { tuple: other, dimension: opposite[dimension] };
  const isSame = valueOfComponent(connection, own) === valueOfComponent(connection, translated);
  return isSame ? [own] : [own, translated];
}

function questionOf({ questions }: Knowledge, component: Component, borders: Asked['borders']): Question {
  const name = `${component.tuple} ${component.dimension}`;
  const known = questions.get(borders) ?? new Map<string, Question>();
  questions.set(borders, known);
  const question = known.get(name) ?? {
    answer: borders
      ? (connection: CompactEntry) => classOf(connection, component, borders)
      : identity(component),
  };
  known.set(name, question);
  return question;
}

/** Which address of a range the kernel takes, and where a port is moved to, is another for each value. */
function askedByBinding(manip: 'source' | 'destination', range: NatRange): readonly Asked[] {
  const { minAddress, maxAddress = minAddress, minPort, maxPort = minPort, basePort, netmap } = range;
  const everything = dimensions.map((dimension) => ({ of: 'packet', dimension }) as const);
  if (netmap || minAddress !== maxAddress || basePort !== undefined) return everything;
  if (minPort === undefined || maxPort === undefined) return [];
  const [lo, hi] = [Math.min(minPort, maxPort), Math.max(minPort, maxPort)];
  const borders = bordersOf([{ lo: BigInt(lo), hi: BigInt(hi) }], false);
  const port = manip === 'source' ? 'sport' : 'dport';
  return ([port, 'id'] as const).map((dimension) => ({ of: 'packet', dimension, borders }));
}

// Asking the index of a chain about a packet on its way: which of its parts are those of its connection's tuples, and so
// another in each connection, and which are the same for all that come this way.
import type { CompactEntry } from '../conntrack/compact/compact-entry.ts';
import type { Direction } from '../conntrack/tuple.ts';
import { isUnknown } from '../field/view.ts';
import type { Match, Table } from '../ir/ruleset.ts';
import type { EvaluationContext } from '../match/define.ts';
import { contextAt } from '../trace/condition.ts';
import type { Run } from '../trace/run.ts';
import { type Borders, wordsOf } from './borders.ts';
import { type Component, classOf, isAddress, opposite, valueOfComponent } from './component.ts';
import type { Dimension } from './dimension.ts';
import {
  type Aspect,
  type AspectIndex,
  bitsFor,
  firstOf,
  type RuleBits,
  type RuleIndex,
  withValue,
} from './rule-index.ts';
import type { Question } from './tree.ts';

/** Whose packet it is. */
export interface Traveller {
  readonly connection: CompactEntry;
  readonly direction: Direction;
  /** It begins the connection. */
  readonly isFirst: boolean;
}

/** What the index says: of what is the same for all that come this way, and what it is to be asked for each. */
export interface LookedInto {
  readonly fixed: readonly RuleBits[];
  readonly varying: readonly Varying[];
}

interface Varying {
  readonly component: Component;
  readonly aspect: AspectIndex;
  /** Works out the bits of another class. */
  readonly learn: (connection: CompactEntry, name: number) => RuleBits | undefined;
}

/** Asks the index; a condition that is neither true nor false can't be in one. Undefined: this packet can't be asked so. */
export function lookInto(
  index: RuleIndex,
  run: Run,
  table: Table,
  traveller: Traveller,
): LookedInto | { readonly unsettled: Match } | undefined {
  const context = contextAt(run, table);
  const fixed: RuleBits[] = [];
  const varying: Varying[] = [];
  for (const [aspect, one] of index.aspects) {
    const value = valueIn(aspect, run, traveller);
    if (value.kind === 'unknown') continue;
    if (value.kind === 'elsewhere') return undefined;
    const bits = bitsFor(one, index.words, classNameOf(value, aspect, one.borders, traveller), context);
    if ('unsettled' in bits) return bits;
    if (value.kind === 'component')
      varying.push(varyingBy(value.component, aspect, one, index.words, context));
    else fixed.push(bits);
  }
  return { fixed, varying };
}

function varyingBy(
  component: Component,
  aspect: Aspect,
  one: AspectIndex,
  words: number,
  context: EvaluationContext,
): Varying {
  return {
    component,
    aspect: one,
    learn: (connection, name) => {
      if (aspect === 'iif' || aspect === 'oif') return undefined;
      const found = bitsFor(
        one,
        words,
        name,
        withValue(context, aspect, valueOfComponent(connection, component)),
      );
      return 'unsettled' in found ? undefined : found;
    },
  };
}

/** Which rule of a chain is the first from one on that may match. */
export function nextRuleQuestion({ fixed, varying }: LookedInto, from: number, count: number): Question {
  const all = [...fixed];
  return {
    answer: (connection) => {
      let at = fixed.length;
      for (const { component, aspect, learn } of varying) {
        const name = classOf(connection, component, aspect.borders);
        const found = aspect.bits.get(name) ?? learn(connection, name);
        if (!found) return -1;
        all[at++] = found;
      }
      return firstOf(all, from, count);
    },
  };
}

type Value =
  | { readonly kind: 'device'; readonly name: string }
  | { readonly kind: 'component'; readonly component: Component }
  | { readonly kind: 'constant'; readonly value: bigint }
  | { readonly kind: 'unknown' }
  /** It is none of those that are expected. */
  | { readonly kind: 'elsewhere' };

function classNameOf(
  value: Exclude<Value, { kind: 'unknown' | 'elsewhere' }>,
  aspect: Aspect,
  borders: Borders,
  { connection }: Traveller,
): number | string {
  switch (value.kind) {
    case 'device':
      return value.name;
    case 'component':
      return classOf(connection, value.component, borders);
    case 'constant':
      return connection.family === 6 && (aspect === 'source' || aspect === 'destination')
        ? borders.classOfWords(Uint32Array.from(wordsOf(value.value)), 0)
        : borders.classOf(Number(value.value));
  }
}

function valueIn(aspect: Aspect, run: Run, traveller: Traveller): Value {
  if (aspect === 'iif' || aspect === 'oif') {
    const device = run[aspect];
    return isUnknown(device) ? { kind: 'unknown' } : { kind: 'device', name: device ?? '' };
  }
  if (aspect !== 'id' && run.unknown[aspect]) return { kind: 'unknown' };
  const { direction, connection, isFirst } = traveller;
  const own: Component = { tuple: direction, dimension: aspect };
  const value = partOf(run, aspect);
  if (isFirst && isBound(run, aspect)) return { kind: 'constant', value };
  if (value === valueOfComponent(connection, own)) return { kind: 'component', component: own };
  const other = direction === 'original' ? 'reply' : 'original';
  const translated: Component = { tuple: other, dimension: opposite[aspect] };
  return !isFirst && value === valueOfComponent(connection, translated)
    ? { kind: 'component', component: translated }
    : { kind: 'elsewhere' };
}

/** As the packet has it by now. */
function partOf({ packet }: Run, dimension: Dimension): bigint {
  if (isAddress(dimension)) return packet[dimension];
  const { transport } = packet;
  if (dimension === 'id') return transport.kind === 'icmp' ? BigInt(transport.id) : 0n;
  return transport.kind === 'tcp' || transport.kind === 'udp' ? BigInt(transport[dimension]) : 0n;
}

/** A rule has given the connection this address, or a port. */
function isBound({ translations }: Run, dimension: Dimension): boolean {
  return translations.some(({ manip, range }) => {
    if (isAddress(dimension)) return manip === dimension;
    const port = manip === 'source' ? 'sport' : 'dport';
    return range?.minPort !== undefined && (dimension === 'id' || dimension === port);
  });
}

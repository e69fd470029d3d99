// What single rules do with all packets that come to them, as far as it takes to say whether rules may change places, go or
// be put together.
import type { Node } from '../../bdd/bdd.ts';
import type { Hook } from '../../hook/hook.ts';
import type { Part, Rule, Statement, Table } from '../../ir/ruleset.ts';
import { withoutComments } from '../../match/comment.ts';
import type { SymbolicContext } from '../../match/define.ts';
import { isSteady } from '../../match/steady.ts';
import { wordsOfPart } from '../../source-map/meaning.ts';
import { changesIn } from '../../statement/changing.ts';
import type { Verdict } from '../../statement/define.ts';
import { findStatement } from '../../statement/registry.ts';
import type { SymbolicCase } from '../../statement/symbolic.ts';
import { packetsOf, tableLookups } from '../condition.ts';
import { seenBy } from '../seen-by.ts';
import type { Space } from '../space.ts';

/** Packets by what is done with them, in words that two rules have exactly if they do the same. */
export type Done = ReadonlyMap<string, Node>;

export interface Viewed {
  /** Absent where the rule does anything beside its verdicts, or where its conditions count or draw. */
  readonly does: Done | undefined;
  /** Some of the packets that do not come to the rule behind. */
  readonly ends: Node;
  /** The rules behind it may see another packet. */
  readonly changes: boolean;
}

/** Looks at a rule; at each once. */
export type View = (rule: Rule) => Viewed;

/** The rules of a table as packets meet them that come by a hook. */
export function viewOf(space: Space, table: Table, hook: Hook): View {
  // Whatever may differ from rule to rule is told apart before, so that all of them may have one name.
  const context: SymbolicContext = { ...space.at({ hook, rule: 'a rule' }), ...tableLookups(table) };
  const entry = seenBy[table.family](context);
  const looking: Looking = { context, entry, changes: changesIn(table), conditions: new Map() };
  const known = new WeakMap<Rule, Viewed>();
  return (rule) => {
    const viewed = known.get(rule) ?? look(rule, looking);
    known.set(rule, viewed);
    return viewed;
  };
}

interface Looking {
  readonly context: SymbolicContext;
  /** The packets that come to the table. */
  readonly entry: Node;
  readonly changes: (part: Part) => boolean;
  readonly conditions: Map<string, Node>;
}

/** Whether packets with which this is done come back to the rule behind. */
export function comesBack(what: string): boolean {
  return what.startsWith(jump);
}

const jump = 'jump ';

/** A rule that nothing may pass or replace. */
const opaque: Viewed = { does: undefined, ends: 0, changes: true };

function look(rule: Rule, looking: Looking): Viewed {
  const { context, entry, changes } = looking;
  const parts = withoutComments(rule.parts);
  const conditions = parts.filter((part) => part.kind !== 'statement');
  const changed = parts.some(changes);
  if (!conditions.every((part) => part.kind === 'match' && isSteady(part, context)))
    return { ...opaque, changes: changed };
  const statements = parts.filter((part) => part.kind === 'statement');
  const last = statements.at(-1);
  if (!last || parts.at(-1) !== last) return { ...opaque, changes: changed };
  const packets = conditions.reduce((node, part) => context.bdd.and(node, asked(part, looking)), entry);
  const done = doneBy(last, packets, context);
  const isPlain = !changed && statements.length === 1 && isConstant(last);
  const isEnd = statements.every((part) => part === last || findStatement(part.key)?.passes === true);
  return { does: isPlain ? done : undefined, ends: isEnd ? endedBy(done, context) : 0, changes: changed };
}

function asked(part: Part, { context, conditions }: Looking): Node {
  if (part.kind !== 'match') throw new Error('a condition is a match');
  const words = wordsOfPart(part);
  const known = conditions.get(words);
  if (known !== undefined) return known;
  const node = packetsOf(part, { ...context, rule: 'a rule' }, context);
  conditions.set(words, node);
  return node;
}

/** It does the same in every rule. A map that rules may fill does not. */
function isConstant({ key, args }: Statement): boolean {
  const definition = findStatement(key);
  const isMap = definition?.chains !== undefined && (definition.maps?.(args) ?? []).length === 0;
  return isMap || definition?.constant?.(args) === true;
}

/** Nothing where it may go on, or do something else than to end the rule. */
function doneBy(part: Statement, packets: Node, context: SymbolicContext): Done | undefined {
  const definition = findStatement(part.key);
  const words = wordsOfPart(part);
  const cases = definition?.symbolic?.(part.args, context);
  if (!cases) return definition?.terminal ? new Map([[words, packets]]) : undefined;
  const done = new Map<string, Node>();
  for (const { when, effect } of cases) {
    const node = context.bdd.and(packets, when);
    const what = effectWords(effect, words);
    if (what === undefined) return undefined;
    if (node !== 0 && what !== '') done.set(what, context.bdd.or(done.get(what) ?? 0, node));
  }
  return done;
}

/** The empty text where nothing is done. */
function effectWords(effect: SymbolicCase['effect'], words: string): string | undefined {
  switch (effect.kind) {
    case 'none':
    case 'mismatch':
      return '';
    case 'verdict':
      return verdictWords(effect.verdict, words);
    case 'nat':
    case 'leave':
      return words;
    case 'set':
    case 'untrack':
    case 'set-zone':
      return undefined;
  }
}

function verdictWords(verdict: Verdict, words: string): string {
  switch (verdict.kind) {
    case 'continue':
      return '';
    case 'accept':
    case 'drop':
    case 'return':
      return verdict.kind;
    case 'jump':
      return `${jump}${verdict.chain}`;
    case 'goto':
      return `goto ${verdict.chain}`;
    case 'reject':
    case 'queue':
      return words;
  }
}

function endedBy(done: Done | undefined, { bdd }: SymbolicContext): Node {
  const ended = [...(done ?? [])].filter(([what]) => !comesBack(what));
  return ended.reduce((node, [, packets]) => bdd.or(node, packets), 0);
}

// Evaluating one rule: its parts in order, the first condition that fails ends it.
import { isUnknown } from '../field/view.ts';
import type { OpaquePart, Part, Statement, Table } from '../ir/ruleset.ts';
import type { EvaluationContext } from '../match/define.ts';
import type { Effect, NatRequest, Verdict } from '../statement/define.ts';
import { findStatement } from '../statement/registry.ts';
import { contextAt, counting, failedCondition, isCondition, observed } from './condition.ts';
import { giveTimeouts, markOffloaded } from './connection.ts';
import { sendCopy } from './copy.ts';
import { elementText } from './element-time.ts';
import { expectBeside, giveHelper } from './expect.ts';
import { labelConnection, setConnectionMark } from './mark-connection.ts';
import type { Run } from './run.ts';
import { withUpdate } from './set-state.ts';
import type { FailedCondition, RulePlace } from './step.ts';
import { setZone, untrack } from './template.ts';

/** What a rule did: gave a verdict (`continue` where it gave none), or asked for a translation. */
export type RuleOutcome =
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | { readonly kind: 'nat'; readonly request: NatRequest };

const goOn: RuleOutcome = { kind: 'verdict', verdict: { kind: 'continue' } };

/** What is kept while a rule's parts are gone through. */
interface Progress {
  /** The packet as the last statement left it. */
  context: EvaluationContext;
  readonly notes: string[];
  /** Tells the rule from all others of its table. */
  readonly name: string;
  failed?: FailedCondition | undefined;
}

/** Evaluates a rule and records the step. */
export function evaluateRule(run: Run, table: Table, place: RulePlace, depth: number): RuleOutcome {
  const name = `${place.chain} ${place.index}`;
  const progress: Progress = { context: contextAt(run, table), notes: [], name };
  const { view } = progress.context;
  const outcome = runParts(run, table, place.rule.parts, progress);
  const { failed, notes } = progress;
  run.steps.push({
    kind: 'rule',
    hook: run.hook,
    ...place,
    depth,
    view,
    matched: !failed,
    notes,
    ...(failed ? { failed } : { verdict: verdictOf(outcome) }),
  });
  return outcome;
}

function verdictOf(outcome: RuleOutcome): Verdict {
  return outcome.kind === 'nat' ? { kind: 'accept' } : outcome.verdict;
}

function runParts(run: Run, table: Table, parts: readonly Part[], progress: Progress): RuleOutcome {
  for (const [at, part] of parts.entries()) {
    if (isCondition(part)) {
      const place = { parts, at, table, name: progress.name };
      progress.failed = failedCondition(run, progress.context, place, progress.notes);
      if (progress.failed) return goOn;
      if (run.ct && run.ct !== progress.context.view.ct) progress.context = contextAt(run, table);
      continue;
    }
    const outcome =
      part.kind === 'statement'
        ? runStatement(run, table, { part, at }, progress)
        : runOpaque(run, part, progress);
    if (outcome) return outcome;
  }
  return goOn;
}

function runStatement(
  run: Run,
  table: Table,
  { part, at }: { readonly part: Statement; readonly at: number },
  progress: Progress,
): RuleOutcome | undefined {
  const { key, args } = part;
  const definition = findStatement(key);
  if (!definition) throw new Error(`no definition of \`${key}\``);
  const place = { table, name: `${progress.name} ${at}`, about: () => `\`${definition.write(args)}\`` };
  let effect = definition.execute(args, observed(run, part, counting(run, progress.context, place)));
  while (effect.kind === 'one-of') effect = choose(run, effect, definition.write(args), progress);
  const outcome = apply(run, table, effect, progress);
  progress.context = contextAt(run, table);
  return outcome;
}

/** One of several, of which nobody can tell which, and one that nothing is to be supposed for. */
type OpenEffect = Extract<Effect, { kind: 'one-of' }>;
type CertainEffect = Exclude<Effect, OpenEffect>;

/** Carries out what a statement does; undefined: the rule goes on. */
function apply(run: Run, table: Table, effect: CertainEffect, progress: Progress): RuleOutcome | undefined {
  if ('assumption' in effect) run.assumptions.add(effect.assumption);
  switch (effect.kind) {
    case 'none':
      if (effect.note) progress.notes.push(effect.note);
      return undefined;
    case 'verdict':
      if (effect.note) progress.notes.push(effect.note);
      return { kind: 'verdict', verdict: effect.verdict };
    case 'nat':
      return { kind: 'nat', request: effect.request };
    case 'set-mark':
      run.mark = effect.value;
      forget(run, 'meta mark');
      progress.notes.push(effect.note);
      return undefined;
    case 'set-ct-mark':
      setConnectionMark(run, effect.value);
      forget(run, 'ct mark');
      progress.notes.push(effect.note);
      return undefined;
    case 'add-labels':
      labelConnection(run, effect.bits);
      progress.notes.push(effect.note);
      return undefined;
    case 'set-packet':
      run.packet = { ...run.packet, ...effect.change };
      if (effect.field !== undefined) forget(run, effect.field);
      progress.notes.push(effect.note);
      return undefined;
    case 'set-zone':
      return noteOf(setZone(run, effect), progress);
    case 'update-set':
      return updateSet(run, table, effect, progress);
    case 'set-timeouts':
      progress.notes.push(effect.note);
      giveTimeouts(run, effect);
      return undefined;
    case 'set-helper':
      progress.notes.push(effect.note);
      giveHelper(run, effect.helper);
      return undefined;
    case 'expect':
      progress.notes.push(effect.note);
      expectBeside(run, effect);
      return undefined;
    case 'copy':
      progress.notes.push(effect.note);
      sendCopy(run, effect);
      return undefined;
    case 'leave':
      progress.notes.push(effect.note);
      run.leaving = effect;
      return { kind: 'verdict', verdict: { kind: 'accept' } };
    case 'offload':
      markOffloaded(run);
      return noteOf(effect.note, progress);
    case 'untrack':
      return noteOf(untrack(run), progress);
    case 'mismatch':
      progress.failed = { condition: effect.condition, actual: effect.actual };
      return goOn;
    case 'set-field':
      return overwrite(run, effect, progress);
    case 'unknown':
      return suppose(run, effect.why, progress);
  }
}

/** What depends on a value that nobody can tell, outside of rules, is followed as it was before. */
function overwrite(run: Run, effect: Extract<Effect, { kind: 'set-field' }>, progress: Progress): undefined {
  const { field, value, note } = effect;
  run.overwritten = new Map([...run.overwritten, [field, value]]);
  progress.notes.push(note);
  if (isUnknown(value))
    run.assumptions.add(`the way of the packet does not depend on what \`${field}\` was set to`);
}

/** The field has its value from the packet or the connection again. */
function forget(run: Run, field: string): void {
  if (!run.overwritten.has(field)) return;
  run.overwritten = new Map([...run.overwritten].filter(([name]) => name !== field));
}

/** Follows every effect that is possible. What one statement gives says nothing of another with the same unknown. */
function choose(run: Run, { why, ways }: OpenEffect, statement: string, progress: Progress): Effect {
  const [first, ...others] = ways;
  const question = `${why}; at ${run.hook} \`${statement}\` gives`;
  const answer = run.ask(question, [first.label, ...others.map(({ label }) => label)]);
  progress.notes.push(`${why}: supposed ${answer}`);
  const { effect, counted = () => effect } = others.find(({ label }) => label === answer) ?? first;
  return counted();
}

/** The set has the element before its limits are asked (net/netfilter/nft_dynset.c: nft_dynset_eval). */
function updateSet(
  run: Run,
  table: Table,
  effect: Extract<Effect, { kind: 'update-set' }>,
  progress: Progress,
): RuleOutcome | undefined {
  const updated = withUpdate(run.sets, table, effect, run.request.now ?? 0);
  if (updated === 'full' || (updated.mayBeFull && !isCleared(run, effect.set))) {
    progress.failed = { condition: `room in @${effect.set}`, actual: 'it is full' };
    return goOn;
  }
  run.sets = updated.sets;
  run.setUpdates.set(effect.set, (run.setUpdates.get(effect.set) ?? 0) + 1);
  run.changes.push([table.family, table.name, effect.set, effect.op, effect.key, effect.data]);
  progress.notes.push(effect.note);
  progress.context = contextAt(run, table);
  const { set, key, statements = [] } = effect;
  const of = key && `set ${set} ${elementText(key)} ${updated.birth}`;
  return limitsOf(run, table, { of, statements }, progress);
}

function isCleared(run: Run, set: string): boolean {
  const question = `the kernel has cleared away what was deleted from @${set}, which it does every second or so`;
  return run.ask(question, ['yes', 'no']) === 'yes';
}

/** What is counted apart from other packets; `of` tells for what, where that is known. */
interface Counted {
  readonly of: string | undefined;
  readonly statements: readonly Part[];
}

/** What an element counts goes through all of its limits; the first that is reached ends the rule. */
function limitsOf(
  run: Run,
  table: Table,
  { of: name, statements: parts }: Counted,
  progress: Progress,
): RuleOutcome | undefined {
  for (const [at, part] of parts.entries()) {
    if (!isCondition(part)) continue;
    const place = { parts, at, table, name };
    progress.failed = failedCondition(run, progress.context, place, progress.notes);
    if (progress.failed) return goOn;
  }
  return undefined;
}

function noteOf(note: string | undefined, progress: Progress): undefined {
  if (note !== undefined) progress.notes.push(note);
}

/** A statement that is not understood: one that never ends a rule is passed over, any other may do anything. */
function runOpaque(run: Run, part: OpaquePart, progress: Progress): RuleOutcome | undefined {
  if (part.role === 'unknown') return suppose(run, `what \`${part.text}\` does is not known`, progress);
  progress.notes.push(`\`${part.text}\` is not understood; it does not end the rule`);
  return undefined;
}

/** Follows every verdict that something not understood might give. */
function suppose(run: Run, why: string, progress: Progress): RuleOutcome | undefined {
  const answer = run.ask(`${why}; at ${run.hook} the packet`, ['goes on', 'is accepted', 'is dropped']);
  progress.notes.push(`${why}: supposed that the packet ${answer}`);
  if (answer === 'goes on') return undefined;
  return { kind: 'verdict', verdict: { kind: answer === 'is accepted' ? 'accept' : 'drop' } };
}

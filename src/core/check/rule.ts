// Rules: from a flat list of terms to matches and statements. A rule about both IP versions becomes one for each.
import type { Called, Part, Rule } from '../ir/ruleset.ts';
import type { Span } from '../text/source.ts';
import { type Cursor, cursorOver, type Located, peek } from './cursor.ts';
import type { Definitions } from './expansion.ts';
import { argumentReader } from './reader.ts';
import type { SetsInReach } from './reader-state.ts';
import type { Report } from './report.ts';
import { type Draft, giveUp, type PartTools, readPart } from './rule-part.ts';
import { type FamilyLimit, reportLeftOver, warnIfIdle } from './rule-problem.ts';
import type { Scope } from './scope.ts';

/** The terms of one rule, and the place of the text that it comes from. */
export interface RuleTerms {
  readonly terms: readonly Located[];
  readonly span: Span;
  /** The calls that led to it. */
  readonly calls?: readonly Called[] | undefined;
}

/** What a rule is read with. */
export interface RuleContext {
  readonly scope: Scope;
  readonly sets: SetsInReach;
  readonly definitions: Definitions;
  readonly report: Report;
  /** Where the table is of one IP version. */
  readonly limit?: FamilyLimit;
}

/** The rules that one rule of the text stands for, all with its span; without the parts that were reported. */
export function checkRule(rule: RuleTerms, context: RuleContext): readonly Rule[] {
  const drafts = readRule(rule, context);
  warnIfIdle(rule, drafts, context.report);
  return drafts.map(({ parts }) => ruleOf(parts, rule));
}

/** The same for a condition, which need do nothing. */
export function checkCondition(condition: RuleTerms, context: RuleContext): readonly Rule[] {
  return readRule(condition, context).map(({ parts }) => ruleOf(parts, condition));
}

function ruleOf(parts: readonly Part[], { span, calls }: RuleTerms): Rule {
  return calls ? { parts, span, calls } : { parts, span };
}

function readRule(rule: RuleTerms, context: RuleContext): readonly Draft[] {
  const cursor = cursorOver(rule.terms, rule.span, context.report);
  const start: Draft = { cursor, parts: [], ...(context.limit && { limit: context.limit }) };
  const readArguments = argumentReader(context.sets);
  const all = readParts(start, {
    readArguments,
    definitions: context.definitions,
    split: { times: 0, span: rule.span },
  });
  const drafts = all.filter((draft) => !draft.contradicted);
  if (drafts.length === 0) all[0]?.contradicted?.();
  return drafts;
}

/** What reads the parts, and bounds them. */
interface Tools extends PartTools {
  /** How often the rule has split. */
  readonly split: { times: number; readonly span: Span };
}

/** Services of several protocols, one behind the other, would double what a rule stands for without end. */
const mostSplits = 256;

function readParts(start: Draft, tools: Tools): readonly Draft[] {
  let draft = start;
  while (peek(draft.cursor)) {
    const before = draft.cursor;
    const [first, ...others] = readPart(draft, tools).map((one) => behind(before, one));
    if (!first) return [];
    if (others.length > 0)
      return splitsTooOften(before.report, tools) ? [] : readAll([first, ...others], tools);
    draft = first;
  }
  return [draft];
}

/** Behind one with errors the others are left out: they have the same ones, and there may be hundreds. */
function readAll(drafts: readonly Draft[], tools: Tools): readonly Draft[] {
  const found: Draft[] = [];
  for (const one of drafts) {
    const { report } = one.cursor;
    const errors = report.errors();
    found.push(...readParts(one, tools));
    if (report.errors() > errors) break;
  }
  return found;
}

function splitsTooOften(report: Report, { split }: Tools): boolean {
  split.times++;
  if (split.times <= mostSplits) return false;
  const message = `the rule stands for more than ${mostSplits} rules`;
  report.complain('HK2041', message, { span: split.span });
  return true;
}

/** Every part takes a term, so that a rule comes to its end whatever reads the parts. */
function behind(before: Cursor, draft: Draft): Draft {
  if (draft.cursor.at > before.at) return draft;
  const cursor = { ...draft.cursor, at: before.at };
  const next = peek(cursor);
  if (next && cursor.report.errors() === 0) reportLeftOver(cursor, next, draft.parts.at(-1));
  return giveUp(draft, { ...cursor, at: before.at + 1 });
}

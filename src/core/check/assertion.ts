// `assert` blocks: what holds for every packet that meets a condition. A condition is that of a rule, and nothing else.
import type { Assertion, Claim } from '../ir/policy.ts';
import type { NamedSet, Part } from '../ir/ruleset.ts';
import { findMatch } from '../match/registry.ts';
import type * as Ast from '../syntax/ast.ts';
import { textOf } from '../text/source.ts';
import { type Cursor, makeCursor, takeWord } from './cursor.ts';
import { reportUnknownWord } from './line.ts';
import type { SetsInReach } from './reader-state.ts';
import type { Report } from './report.ts';
import { checkCondition, type RuleContext } from './rule.ts';
import type { TopLevel } from './table.ts';
import { readHost, reportNoHost, type TestContext } from './test-block.ts';

/** What an assertion is read with. */
interface AssertionContext extends TestContext {
  readonly top: TopLevel;
}

/** An assertion; what is wrong in it is reported and left out. */
export function checkAssertion(block: Ast.AssertBlock, context: AssertionContext): Assertion {
  const { report, hosts } = context;
  const sets = new Set<NamedSet>();
  const rules = { ...context.top, sets: setsInReach(context.top, sets) };
  const claims: Claim[] = [];
  const on: string[] = [];
  const before = report.errors();
  for (const line of linesOf(block, report)) {
    const cursor = makeCursor(line.terms, line.span, context.scope, report);
    if (takeWord(cursor, 'on')) on.push(...readHost(cursor, hosts));
    else claims.push(...readClaim(cursor, line, rules));
  }
  const [host] = on;
  if (host === undefined && hosts.length > 1) reportNoHost('assertion', block.title, report);
  if (claims.length === 0 && report.errors() === before)
    report.complain('HK2083', 'this assertion says nothing', { span: block.title.span });
  const { title, span } = block;
  return { title: title.value, ...(host !== undefined && { host }), claims, sets: [...sets], span };
}

function linesOf({ lines }: Ast.AssertBlock, report: Report): readonly Ast.Rule[] {
  return lines.flatMap((line) => {
    if (line.kind === 'rule') return [line];
    report.complain('HK2031', 'a block cannot stand here', { span: line.span });
    return [];
  });
}

const words = ['never', 'always'] as const;
const verdicts = ['accept', 'drop', 'reject'] as const;

function readClaim(cursor: Cursor, { span }: Ast.Rule, context: RuleContext): readonly Claim[] {
  const says = takeWord(cursor, ...words) ?? reportUnknownWord(cursor, [...words, 'on']);
  const verdict = says && (takeWord(cursor, ...verdicts) ?? reportUnknownWord(cursor, verdicts));
  if (!says || !verdict) return [];
  const cases = checkCondition({ terms: cursor.terms.slice(cursor.at), span }, context);
  for (const part of cases.flatMap((one) => one.parts)) reportUnfit(part, context.report);
  return [{ says, verdict, cases, span }];
}

/** What acts, what counts and what nobody understands says nothing about one packet. */
export function reportUnfit(part: Part, report: Report): void {
  const definition = part.kind === 'match' ? findMatch(part.key) : undefined;
  if (definition && !definition.stateful) return;
  const text = part.span ? textOf(part.span) : part.kind;
  const why = definition ? 'depends on the packets before' : 'is no condition';
  report.complain('HK2081', `\`${text}\` ${why}`, { span: part.span });
}

/** Sets of the top level; those of a table mean nothing outside. */
export function setsInReach({ sets, report }: TopLevel, needed: Set<NamedSet>): SetsInReach {
  return {
    find: (name) => sets.get(name),
    names: () => sets.keys(),
    isKept: () => false,
    findMap: () => undefined,
    useMap: () => {},
    use: (set, part) => {
      report.used.add(set);
      if (part) needed.add(part.set);
    },
  };
}

// Compiling what a back end can say and leaving out what it can't: only for who asks for it, and always with a report.
import { type BackEnd, backEnds, compile } from './compile.ts';
import { type Diagnostic, hasErrors } from './diagnostic/diagnostic.ts';
import type { EmitOptions } from './ir/emit-options.ts';
import type { Rule, RuleSet } from './ir/ruleset.ts';
import type { Span } from './text/source.ts';

/** The text of the rest, and an error for every rule that is not in it. Without a text nothing can be said at all. */
export interface PartialText {
  readonly text: string | undefined;
  /** What is in the text. */
  readonly ruleSet: RuleSet;
  readonly refused: readonly Diagnostic[];
  /** Warnings about what is in the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles without the rules that the back end refuses, and without the sets where sets are all that it has. Problems of
 * neither (a chain at a priority that the back end doesn't have) leave no text.
 */
export function compilePartial(ruleSet: RuleSet, to: BackEnd, options: EmitOptions = {}): PartialText {
  const { value, diagnostics } = compile(ruleSet, to, options);
  if (!hasErrors(diagnostics)) return { text: value, ruleSet, refused: [], diagnostics };
  const refused = diagnostics.filter((one) => one.severity === 'error');
  const spans = refused.flatMap((one) => one.span ?? []);
  const isRefused = ({ span: own }: Placed): boolean => spans.some((span) => isWithin(span, own));
  const kept = backEnds[to].hasOnlySets ? withoutSets(ruleSet, isRefused) : withoutRules(ruleSet, isRefused);
  if (!kept) return { text: undefined, ruleSet, refused, diagnostics: [] };
  const rest = compilePartial(kept, to, options);
  return { ...rest, refused: [...refused, ...rest.refused] };
}

interface Placed {
  readonly span?: Span;
}

function isWithin(span: Span, rule: Span | undefined): boolean {
  return (
    rule !== undefined && span.source === rule.source && span.start >= rule.start && span.end <= rule.end
  );
}

/** The rule set without these rules; undefined if there are none. */
function withoutRules(ruleSet: RuleSet, isRefused: (rule: Rule) => boolean): RuleSet | undefined {
  let found = false;
  const tables = ruleSet.tables.map((table) => ({
    ...table,
    chains: table.chains.map((chain) => {
      const rules = chain.rules.filter((rule) => !isRefused(rule));
      found ||= rules.length < chain.rules.length;
      return { ...chain, rules };
    }),
  }));
  return found ? { ...ruleSet, tables } : undefined;
}

/** The rule set without these sets; undefined if there are none. */
function withoutSets(ruleSet: RuleSet, isRefused: (set: Placed) => boolean): RuleSet | undefined {
  if (!ruleSet.tables.some(({ sets }) => sets.some(isRefused))) return undefined;
  const tables = ruleSet.tables.map((table) => ({
    ...table,
    sets: table.sets.filter((set) => !isRefused(set)),
  }));
  return { ...ruleSet, tables };
}

// Rule set to source map: where each rule of the compiled texts comes from.
import type { BackEnd } from '../compile.ts';
import type { EmitOptions } from '../ir/emit-options.ts';
import type { Rule, RuleSet } from '../ir/ruleset.ts';
import { lineText, locationOf, type Span } from '../text/source.ts';
import { emittedRules } from './emitted-rules.ts';
import type { MappedPlace, MappedRule, MappedTarget, SourceMap } from './schema.ts';

/** A text that was compiled, and from what: less than the policy where the back end can't say all of it. */
interface CompiledText {
  readonly backEnd: BackEnd;
  readonly text: string;
  readonly ruleSet: RuleSet;
}

/** The rule set with a number for each rule, which stays with it on its way into texts. */
export function numberRules({ tables, ...rest }: RuleSet): RuleSet {
  let number = 0;
  const numbered = tables.map((table) => ({
    ...table,
    chains: table.chains.map((chain) => ({
      ...chain,
      rules: chain.rules.map((rule) => ({ ...rule, number: ++number })),
    })),
  }));
  return { ...rest, tables: numbered };
}

/** The map of texts that were compiled with the same options from a rule set with numbers. */
export function sourceMapOf(
  policy: string,
  texts: readonly CompiledText[],
  options: EmitOptions = {},
): SourceMap {
  const targets = texts.map(
    ({ backEnd, text, ruleSet }): MappedTarget => ({
      backEnd,
      text,
      rules: emittedRules(ruleSet, backEnd, options).map(({ rule, ...emitted }) => ({
        ...emitted,
        rule: rule.number ?? 0,
        ...originOf(rule),
      })),
    }),
  );
  return { schema: 'hookline.source-map/1', policy, targets };
}

function originOf({ span, calls = [] }: Rule): Pick<MappedRule, 'place' | 'calls'> {
  if (!span) return {};
  if (calls.length === 0) return { place: placeOf(span) };
  return { place: placeOf(span), calls: calls.map((one) => ({ name: one.name, place: placeOf(one.span) })) };
}

function placeOf(span: Span): MappedPlace {
  const location = locationOf(span);
  return { ...location, source: lineText(span.source, location.line) };
}

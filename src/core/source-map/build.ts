// Rule set to source map: where each rule of the compiled texts comes from.
import type { BackEnd } from '../compile.ts';
import type { EmitOptions } from '../ir/emit-options.ts';
import type { Rule, RuleSet } from '../ir/ruleset.ts';
import { lineText, locationOf, type Span } from '../text/source.ts';
import { emittedRules } from './emitted-rules.ts';
import type { MappedOrigin, MappedPlace, MappedRule, MappedTarget, SourceMap } from './schema.ts';

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
        ...originsOf(rule),
      })),
    }),
  );
  return { schema: 'hookline.source-map/1', policy, targets };
}

/** One that stands for several has them all, the first one as its own. */
function originsOf(rule: Rule): Pick<MappedRule, 'rule' | 'place' | 'calls' | 'also'> {
  const [first = rule, ...others] = rule.joined ?? [];
  return { ...originOf(first), ...(others.length > 0 && { also: others.map(originOf) }) };
}

function originOf({ number = 0, span, calls = [] }: Rule): MappedOrigin {
  if (!span) return { rule: number };
  if (calls.length === 0) return { rule: number, place: placeOf(span) };
  const ways = calls.map((one) => ({ name: one.name, place: placeOf(one.span) }));
  return { rule: number, place: placeOf(span), calls: ways };
}

function placeOf(span: Span): MappedPlace {
  const location = locationOf(span);
  return { ...location, source: lineText(span.source, location.line) };
}

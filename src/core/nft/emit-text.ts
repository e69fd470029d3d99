// The rule set as text for `nft -f`.
import { type Diagnostic, diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts';
import type { EmitOptions } from '../ir/emit-options.ts';
import type { Rule, RuleSet } from '../ir/ruleset.ts';
import type { Span } from '../text/source.ts';
import { countRules } from './count-rules.ts';
import { isJsonArray, type JsonValue } from './json-value.ts';
import { writeJson } from './json-writer.ts';
import { type SpelledTable, spellRuleSet } from './spell.ts';
import type { SpelledRule } from './spell-rule.ts';
import { chainLines, objectText, tableLines } from './text/object.ts';
import { statementText } from './text/statement.ts';
import { quoted } from './text/words.ts';

/**
 * The same transaction as that of `emitNftJson`, in the layout of `nft list ruleset`. The statements are written from
 * their JSON, so that each is spelled in one place only. Names that nft's grammar reserves, and what only JSON can
 * hold, are errors.
 */
export function emitNftText(ruleSet: RuleSet, options: EmitOptions = {}): Outcome<string> {
  const { value, diagnostics } = spellTexts(ruleSet, options);
  return { value: value?.map(tableText).join('\n'), diagnostics };
}

/** A rule in nft text, and the rule of the rule set that says it. */
export interface TextRule {
  readonly text: string;
  readonly rule: Rule;
}

/** A table with each of its parts in nft text. */
export interface TextTable extends SpelledTable<TextRule> {
  /** What a table is beside its family and name. */
  readonly head: string;
  /** Objects, sets and maps as blocks. */
  readonly blocks: readonly string[];
  /** The lines that say what the chains are, in their order. */
  readonly chainHeads: readonly (readonly string[])[];
}

/** All tables part by part; no value where text can't say all of it. */
export function spellTexts(ruleSet: RuleSet, { counters }: EmitOptions = {}): Outcome<readonly TextTable[]> {
  const counted = counters ? countRules(ruleSet) : ruleSet;
  const { value, diagnostics } = spellRuleSet(counted, 'text', (one, report) => ({
    text: ruleText(one, report),
    rule: one.rule,
  }));
  if (!value) return { value, diagnostics };
  const all: Diagnostic[] = [...diagnostics];
  const tables = value.map((table) => textsOf(table, (problem) => all.push(problem)));
  return { value: hasErrors(all) ? undefined : tables, diagnostics: all };
}

type Report = (problem: Diagnostic) => void;

/** A text, or a report and the empty string where there is none. */
function orReport(
  text: string | undefined,
  content: JsonValue,
  where: string,
  report: Report,
  span?: Span,
): string {
  if (text !== undefined) return text;
  const help = 'emit nft JSON, which takes it';
  report(
    diagnostic('HK4505', `${where} holds \`${writeJson(content)}\`, which nft text cannot say`, {
      span,
      help,
    }),
  );
  return '';
}

function textsOf(spelled: SpelledTable<TextRule>, report: Report): TextTable {
  const { family, name, span, table, objects, sets, chains } = spelled;
  const where = `table \`${family} ${name}\``;
  return {
    ...spelled,
    head: orReport(tableLines(table), table, where, report, span),
    blocks: [...objects, ...sets].map((one) => orReport(objectText(one), one, where, report, span)),
    chainHeads: chains.map((one) =>
      orReport(chainLines(one.chain), one.chain, where, report, one.span).split('\n').filter(Boolean),
    ),
  };
}

/** All of a table, in the place of one with its name. */
export function tableText({ family, name, head, blocks, chains, chainHeads }: TextTable): string {
  const all = chains.map((chain, at) => [...(chainHeads[at] ?? []), ...chain.rules.map(({ text }) => text)]);
  const inside = [head, ...blocks, ...all.map((lines, at) => chainBlock(chains[at]?.name ?? '', lines))];
  const title = `table ${family} ${name}`;
  return `${title}\ndelete ${title}\n${title} {\n${inside.filter(Boolean).join('\n')}}\n`;
}

/** A chain with these lines in it. */
export function chainBlock(name: string, lines: readonly string[]): string {
  return [`\tchain ${name} {`, ...lines.map((line) => `\t\t${line}`), '\t}\n'].join('\n');
}

/** A rule as `nft list` writes it; a report where text can't say it. */
export function ruleText({ body, where, rule: { span } }: SpelledRule, report: Report): string {
  const statements = isJsonArray(body.expr) ? body.expr : [];
  const texts = statements.map((one) => orReport(statementText(one), one, where, report, span));
  const { comment } = body;
  return [...texts, ...(typeof comment === 'string' ? [`comment ${quoted(comment)}`] : [])].join(' ');
}

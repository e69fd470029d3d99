// The rule set as text for `nft -f`.
import { type Diagnostic, diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts';
import type { EmitOptions } from '../ir/emit-options.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import type { Span } from '../text/source.ts';
import { countRules } from './count-rules.ts';
import { isJsonArray, type JsonValue } from './json-value.ts';
import { writeJson } from './json-writer.ts';
import { type SpelledChain, type SpelledTable, spellRuleSet } from './spell.ts';
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
  const counted = options.counters ? countRules(ruleSet) : ruleSet;
  const { value, diagnostics } = spellRuleSet(counted, 'text', ruleText);
  if (!value) return { value, diagnostics };
  const all: Diagnostic[] = [...diagnostics];
  const text = value.map((table) => tableText(table, (problem) => all.push(problem))).join('\n');
  return { value: hasErrors(all) ? undefined : text, diagnostics: all };
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

function tableText(
  { family, name, span, table, objects, sets, chains }: SpelledTable<string>,
  report: Report,
): string {
  const where = `table \`${family} ${name}\``;
  const head = orReport(tableLines(table), table, where, report, span);
  const blocks = [
    ...[...objects, ...sets].map((object) => orReport(objectText(object), object, where, report, span)),
    ...chains.map((chain) => chainText(chain, where, report)),
  ];
  const title = `table ${family} ${name}`;
  return `${title}\ndelete ${title}\n${title} {\n${[head, ...blocks].filter(Boolean).join('\n')}}\n`;
}

function chainText(
  { name, span, chain, rules }: SpelledChain<string>,
  where: string,
  report: Report,
): string {
  const head = orReport(chainLines(chain), chain, where, report, span);
  const lines = [...head.split('\n').filter(Boolean), ...rules];
  return [`\tchain ${name} {`, ...lines.map((line) => `\t\t${line}`), '\t}\n'].join('\n');
}

/** A rule as `nft list` writes it; a report where text can't say it. */
export function ruleText({ body, where, rule: { span } }: SpelledRule, report: Report): string {
  const statements = isJsonArray(body.expr) ? body.expr : [];
  const texts = statements.map((one) => orReport(statementText(one), one, where, report, span));
  const { comment } = body;
  return [...texts, ...(typeof comment === 'string' ? [`comment ${quoted(comment)}`] : [])].join(' ');
}

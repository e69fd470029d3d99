// A rule set in the language: what an import leaves behind, in the words that a person would have used. Reading the
// text gives the same rule set again; what no word of the language stands for stays in the words of its tool.
import { type Diagnostic, diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts';
import type { Chain, Rule, RuleSet, Table } from '../ir/ruleset.ts';
import { isPrintable, quote, writeName } from '../match/quote.ts';
import { formatPolicy } from '../syntax/format.ts';
import { locationOf, type Span } from '../text/source.ts';
import { type Constants, newConstants } from './factor.ts';
import { foldRules } from './fold.ts';
import { remarksOf } from './remarks.ts';
import { writeChainHead } from './write-chain.ts';
import { writeNeeds } from './write-needs.ts';
import { writeAttributes, writeChainLines, writeNamedObject } from './write-object.ts';
import { writeObject, writeRule } from './write-rule.ts';
import { writeMap, writeSet } from './write-set.ts';

export interface WriteOptions {
  /** One line on where the rule set came from, for the first comment. */
  readonly origin: string;
  /** Writes neighbouring rules that differ in one value as one, where iptables is given the same lines for it. */
  readonly fold?: boolean;
  /** Says behind each rule where it comes from: `# policy.hook:12`, with the lines of definitions that led to it. */
  readonly places?: boolean;
}

/** The policy in its canonical layout; no text, with the reasons, where something can't be said at all. */
export function writePolicy(ruleSet: RuleSet, options: WriteOptions): Outcome<string> {
  const problems: Diagnostic[] = [];
  const report = (one: Diagnostic): void => void problems.push(one);
  const tables = ruleSet.tables.map((table) => writeTable(table, options, report));
  const ipset = writeIpset(ruleSet.ipset, report);
  if (hasErrors(problems)) return { value: undefined, diagnostics: problems };
  const comment = `# ${printable(options.origin)}\n`;
  const text = [
    comment,
    ...writeNeeds(ruleSet.needs),
    ...ipset,
    ...tables.flatMap((pieces) => ['\n', ...pieces]),
  ].join('');
  return { value: text, diagnostics: problems };
}

function printable(text: string): string {
  return Array.from(text, (one) => (isPrintable(one) ? one : '?')).join('');
}

/** What its author wrote beside it, a line each. */
function remarkLines(span: Span | undefined): readonly string[] {
  return remarksOf(span).map(printable);
}

type Report = (problem: Diagnostic) => void;

/** The lines for ipset, an empty line before them. */
function writeIpset(lines: readonly string[] = [], report: Report): readonly string[] {
  if (lines.length === 0) return [];
  const problems = lines.map((line) => textProblem(line, 'a line of ipset'));
  for (const problem of problems) if (problem) report(problem);
  return ['\n', ...lines.map((line) => `ipset ${quote(line)}\n`)];
}

/** In pieces, so that a large text is put together once. */
function writeTable(table: Table, options: WriteOptions, report: Report): readonly string[] {
  const { family, name, chains, sets, maps = [], objects = [], opaque } = table;
  const check = (text: string, what: string): string => {
    const problem = textProblem(text, `${what} in table \`${family} ${name}\``);
    if (problem) report(problem);
    return text;
  };
  const head = `table ${family} ${check(writeName(name), 'the name')} {`;
  const constants = newConstants(table);
  const written = chains.map((chain) => writeChain(chain, table, { ...options, constants, check }));
  const declarations = [
    ...constants.lines(),
    ...writeAttributes(table).map((line) => check(line, 'what is said of it')),
    ...opaque.map((object) => check(writeObject(object), `\`${object.text}\``)),
    ...objects.flatMap((object) =>
      writeNamedObject(object).map((line) => check(line, `${object.kind} \`${object.name}\``)),
    ),
    ...sets.flatMap((set) => [...remarkLines(set.span), check(writeSet(set), `set \`${set.name}\``)]),
    ...maps.flatMap((map) => [...remarkLines(map.span), check(writeMap(map), `map \`${map.name}\``)]),
  ];
  const blocks = [...(declarations.length > 0 ? [layOut(declarations)] : []), ...written];
  const remarks = remarkLines(table.span).map((line) => `${line}\n`);
  if (blocks.length === 0) return [...remarks, `${head} }\n`];
  return [...remarks, `${head}\n`, ...blocks.map((block, at) => (at === 0 ? block : `\n${block}`)), '}\n'];
}

/** Takes a text and the words that name it in a problem. */
type Check = (text: string, what: string) => string;

interface ChainContext extends WriteOptions {
  readonly constants: Constants;
  readonly check: Check;
}

function writeChain(chain: Chain, table: Table, { fold, places, constants, check }: ChainContext): string {
  const where = `chain \`${chain.name}\``;
  const rules = fold ? foldRules(chain, table) : chain.rules;
  const head = `${check(writeChainHead(chain, table), where)} {`;
  const remarks = remarkLines(chain.span).map((line) => `  ${line}\n`);
  const lines = [
    ...writeChainLines(chain).map((line) => layOutLine(check(line, where))),
    ...rules.flatMap((rule, at) => {
      const text = check(writeRule(rule, table), `rule ${at + 1} of ${where}`);
      const line = layOutLine(constants.replaceIn(text, chain.name));
      return [...ruleRemarks(rule, rules[at - 1]).map(layOutLine), places ? withPlace(line, rule) : line];
    }),
  ];
  if (lines.length === 0) return `${remarks.join('')}  ${head} }\n`;
  return `${remarks.join('')}  ${head}\n${lines.join('')}  }\n`;
}

function layOutLine(line: string): string {
  return isPlain(line) ? `    ${line}\n` : layOutRule(line);
}

/** A comment in the last line of the rule. */
function withPlace(text: string, { span, calls = [] }: Rule): string {
  if (!span) return text;
  const ways = calls.map((call) => `, in ${call.name} ${placeOf(call.span)}`);
  return `${text.trimEnd()} # ${placeOf(span)}${ways.join('')}\n`;
}

function placeOf(span: Span): string {
  const { file, line } = locationOf(span);
  return `${file}:${line}`;
}

/** One line of a source may be several rules. */
function ruleRemarks({ span }: Rule, before: Rule | undefined): readonly string[] {
  return span !== undefined && span.start === before?.span?.start ? [] : remarkLines(span);
}

/** A set of a few plain values, as every writer writes it. */
const plainSet = /\{ [\w.:/-]+(?:, [\w.:/-]+)* \}/g;

/** Whether a rule stands on its line as it is: the formatter would find nothing to do. */
function isPlain(line: string): boolean {
  if (!isPrintable(line)) return false;
  if (line.startsWith('#')) return true;
  // Only a set is ever broken into lines.
  if (!line.includes('{')) return true;
  return line.length <= 96 && !line.replaceAll(plainSet, '').includes('{');
}

/** One by one, so that of a large chain only what needs it is laid out. */
function layOutRule(line: string): string {
  const [, ...lines] = layOut(['chain c {', line, '}']).split('\n');
  return `${lines.slice(0, -2).join('\n')}\n`;
}

/** What stands in a table in its canonical layout. A text with a control character, which is reported, stays as it is. */
function layOut(lines: readonly string[]): string {
  const text = `table t {\n${lines.join('\n')}\n}\n`;
  const { value = text } = lines.every(isPrintable) ? formatPolicy({ name: 'policy', text }) : {};
  return value
    .split('\n')
    .slice(1, -2)
    .map((line) => `${line}\n`)
    .join('');
}

/** No string of the language holds a control character. */
function textProblem(text: string, what: string): Diagnostic | undefined {
  return isPrintable(text) ? undefined : diagnostic('HK5020', `${what} holds a control character`);
}

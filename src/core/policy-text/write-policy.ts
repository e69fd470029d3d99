// A rule set in the language: what an import leaves behind, in the words that a person would have used. Reading the
// text gives the same rule set again; what no word of the language stands for stays in the words of its tool.
import { type Diagnostic, diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts';
import type { Chain, Rule, RuleSet, Table } from '../ir/ruleset.ts';
import { isPrintable, quote, writeName } from '../match/quote.ts';
import { formatPolicy } from '../syntax/format.ts';
import { locationOf, type Span } from '../text/source.ts';
import { type Constants, newConstants } from './factor.ts';
import { foldRules } from './fold.ts';
import { nearRemarks, type Remarks } from './remarks.ts';
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
  /** Comments of the source; what stands right beside things if absent. */
  readonly remarks?: Remarks;
}

/** The policy in its canonical layout; no text, with the reasons, where something can't be said at all. */
export function writePolicy(ruleSet: RuleSet, options: WriteOptions): Outcome<string> {
  const problems: Diagnostic[] = [];
  const report = (one: Diagnostic): void => void problems.push(one);
  const tables = ruleSet.tables.map((table) => writeTable(table, options, report));
  const ipset = writeIpset(ruleSet.ipset, report);
  if (hasErrors(problems)) return { value: undefined, diagnostics: problems };
  const { remarks = nearRemarks } = options;
  const text = [
    `# ${printable(options.origin)}\n`,
    ...printed(remarks.head).map((line) => `${line}\n`),
    ...writeNeeds(ruleSet.needs),
    ...ipset,
    ...tables.flatMap((pieces) => ['\n', ...pieces]),
  ].join('');
  return { value: text, diagnostics: problems };
}

function printable(text: string): string {
  return Array.from(text, (one) => (isPrintable(one) ? one : '?')).join('');
}

/** Comments, a line each. */
function printed(remarks: readonly string[]): readonly string[] {
  return remarks.map(printable);
}

/** Declarations with the comments around them. */
function withRemarks(
  { above, behind }: Remarks,
  span: Span | undefined,
  lines: readonly string[],
): readonly string[] {
  return [...printed(above(span)), ...lines, ...printed(behind(span))];
}

/** Comments around a block, those behind it apart from it. */
function aroundBlock(
  { above, behind }: Remarks,
  span: Span | undefined,
  indent: string,
): { readonly top: readonly string[]; readonly bottom: readonly string[] } {
  const line = (text: string): string => `${indent}${text}\n`;
  const bottom = printed(behind(span)).map(line);
  return { top: printed(above(span)).map(line), bottom: bottom.length > 0 ? ['\n', ...bottom] : [] };
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
  const { remarks = nearRemarks } = options;
  const check = (text: string, what: string): string => {
    const problem = textProblem(text, `${what} in table \`${family} ${name}\``);
    if (problem) report(problem);
    return text;
  };
  const head = `table ${family} ${check(writeName(name), 'the name')} {`;
  const constants = newConstants(table);
  const written = chains.map((chain) => writeChain(chain, table, { ...options, remarks, constants, check }));
  const declarations = [
    ...constants.lines(),
    ...writeAttributes(table).map((line) => check(line, 'what is said of it')),
    ...opaque.map((object) => check(writeObject(object), `\`${object.text}\``)),
    ...objects.flatMap((object) => {
      const lines = writeNamedObject(object).map((line) => check(line, `${object.kind} \`${object.name}\``));
      return withRemarks(remarks, object.span, lines);
    }),
    ...sets.flatMap((set) => withRemarks(remarks, set.span, [check(writeSet(set), `set \`${set.name}\``)])),
    ...maps.flatMap((map) => withRemarks(remarks, map.span, [check(writeMap(map), `map \`${map.name}\``)])),
  ];
  const blocks = [...(declarations.length > 0 ? [layOut(declarations)] : []), ...written];
  const { top, bottom } = aroundBlock(remarks, table.span, '');
  if (blocks.length === 0) return [...top, `${head} }\n`, ...bottom];
  const inside = blocks.map((block, at) => (at === 0 ? block : `\n${block}`));
  return [...top, `${head}\n`, ...inside, '}\n', ...bottom];
}

/** Takes a text and the words that name it in a problem. */
type Check = (text: string, what: string) => string;

interface ChainContext extends WriteOptions {
  readonly remarks: Remarks;
  readonly constants: Constants;
  readonly check: Check;
}

function writeChain(chain: Chain, table: Table, context: ChainContext): string {
  const { fold, remarks, check } = context;
  const where = `chain \`${chain.name}\``;
  const rules = fold ? foldRules(chain, table, remarks) : chain.rules;
  const head = `${check(writeChainHead(chain, table), where)} {`;
  const lines = [
    ...writeChainLines(chain).map((line) => layOutLine(check(line, where))),
    ...rules.flatMap((rule, at) => {
      const text = check(writeRule(rule, table), `rule ${at + 1} of ${where}`);
      return ruleLines(layOutLine(context.constants.replaceIn(text, chain.name)), rules, at, context);
    }),
  ];
  const { top, bottom } = aroundBlock(remarks, chain.span, '  ');
  const block = lines.length === 0 ? [`  ${head} }\n`] : [`  ${head}\n`, ...lines, '  }\n'];
  return [...top, ...block, ...bottom].join('');
}

/** A rule with the comments around it. One line of a source may be several rules. */
function ruleLines(
  line: string,
  rules: readonly Rule[],
  at: number,
  { places, remarks }: ChainContext,
): readonly string[] {
  const rule = rules[at];
  if (!rule) return [];
  const { span } = rule;
  const isApart = (other: Rule | undefined): boolean => !span || span.start !== other?.span?.start;
  const above = isApart(rules[at - 1]) ? printed(remarks.above(span)) : [];
  const behind = isApart(rules[at + 1]) ? printed(remarks.behind(span)) : [];
  return [...above.map(layOutLine), places ? withPlace(line, rule) : line, ...behind.map(layOutLine)];
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

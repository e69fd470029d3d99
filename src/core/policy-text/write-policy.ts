// A rule set in the language: what an import leaves behind, in the words that a person would have used. Reading the
// text gives the same rule set again; what no word of the language stands for stays in the words of its tool.
import { type Diagnostic, diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts';
import type { Chain, RuleSet, Table } from '../ir/ruleset.ts';
import { isPrintable, writeName } from '../match/quote.ts';
import { formatPolicy } from '../syntax/format.ts';
import { foldRules } from './fold.ts';
import { writeChainHead } from './write-chain.ts';
import { writeObject, writeRule } from './write-rule.ts';
import { writeMap, writeSet } from './write-set.ts';

export interface WriteOptions {
  /** One line on where the rule set came from, for the first comment. */
  readonly origin: string;
  /** Writes neighbouring rules that differ in one value as one, where iptables is given the same lines for it. */
  readonly fold?: boolean;
}

/** The policy in its canonical layout; no text, with the reasons, where something can't be said at all. */
export function writePolicy(ruleSet: RuleSet, { origin, fold = false }: WriteOptions): Outcome<string> {
  const problems: Diagnostic[] = [];
  const report = (one: Diagnostic): void => void problems.push(one);
  const tables = ruleSet.tables.map((table) => writeTable(table, fold, report));
  if (hasErrors(problems)) return { value: undefined, diagnostics: problems };
  const comment = `# ${Array.from(origin, (one) => (isPrintable(one) ? one : '?')).join('')}\n`;
  const { value, diagnostics } = formatPolicy({ name: 'policy', text: [comment, ...tables].join('\n') });
  return { value, diagnostics: [...problems, ...diagnostics] };
}

type Report = (problem: Diagnostic) => void;

function writeTable(table: Table, fold: boolean, report: Report): string {
  const { family, name, chains, sets, maps = [], opaque } = table;
  const check = (text: string, what: string): string => {
    const problem = textProblem(text, `${what} in table \`${family} ${name}\``);
    if (problem) report(problem);
    return text;
  };
  const lines = [
    `table ${family} ${check(writeName(name), 'the name')} {`,
    ...opaque.map((object) => check(writeObject(object), `\`${object.text}\``)),
    ...sets.map((set) => check(writeSet(set), `set \`${set.name}\``)),
    ...maps.map((map) => check(writeMap(map), `map \`${map.name}\``)),
    ...chains.flatMap((chain) => writeChain(chain, table, fold, check)),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

/** Takes a text and the words that name it in a problem. */
type Check = (text: string, what: string) => string;

function writeChain(chain: Chain, table: Table, fold: boolean, check: Check): readonly string[] {
  const where = `chain \`${chain.name}\``;
  const rules = fold ? foldRules(chain, table) : chain.rules;
  return [
    '',
    check(`${writeChainHead(chain, table)} {`, where),
    ...rules.map((rule, at) => check(writeRule(rule, table), `rule ${at + 1} of ${where}`)),
    '}',
  ];
}

/** No string of the language holds a control character. */
function textProblem(text: string, what: string): Diagnostic | undefined {
  return isPrintable(text) ? undefined : diagnostic('HK5020', `${what} holds a control character`);
}

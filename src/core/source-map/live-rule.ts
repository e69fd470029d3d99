// One rule in the words of its tool, read where it may stand: names of chains and sets mean what they mean there.
import type { Diagnostic, Outcome } from '../diagnostic/diagnostic.ts';
import { builtinsOf, tableNames } from '../iptables/builtin.ts';
import type { Rule, RuleSet, Table } from '../ir/ruleset.ts';
import { loadPolicy } from '../load.ts';
import { emitNftText } from '../nft/emit-text.ts';
import type { Source } from '../text/source.ts';
import { findAmong, rulesAt, type Tool, textsOf, type Whereabouts } from './find.ts';
import type { KnownRule, KnownText } from './mapped-rules.ts';

/** What the words of a rule may be; or why they are no rule in any of the tables. */
export function findText(
  texts: readonly KnownText[],
  tool: Tool,
  text: string,
  where: Whereabouts,
  ipset?: Source,
): Outcome<readonly KnownRule[]> {
  const problems: Diagnostic[][] = [];
  const found: KnownRule[] = [];
  let isRule = false;
  for (const known of textsOf(texts, tool))
    for (const table of known.ruleSet.tables.filter((one) => fits(one, where))) {
      const read =
        tool === 'nft' ? readNftRule(text, table) : readIptablesRule(text, table, where.chain ?? '', ipset);
      problems.push([...read.diagnostics]);
      isRule ||= read.value !== undefined;
      const place = { ...where, family: table.family, table: table.name };
      if (read.value) found.push(...findAmong(rulesAt([known], place), read.value));
    }
  const [first = []] = problems;
  return isRule || problems.length === 0
    ? { value: found, diagnostics: [] }
    : { value: undefined, diagnostics: first };
}

function fits({ family, name, chains }: Table, where: Whereabouts): boolean {
  return (
    (where.family === undefined || where.family === family) &&
    (where.table === undefined || where.table === name) &&
    (where.chain === undefined || chains.some((chain) => chain.name === where.chain))
  );
}

/** A name that no chain of a policy has. */
const probe = 'hookline-probe';

/** The rule in a chain of its own, in a table with the same chains and sets. */
function readNftRule(text: string, table: Table): Outcome<Rule> {
  const chains = [...table.chains.map((chain) => ({ ...chain, rules: [] })), { name: probe, rules: [] }];
  const { value = '', diagnostics } = emitNftText({ tables: [{ ...table, chains }] });
  if (value === '') return { value: undefined, diagnostics };
  const around = value.replace(`\tchain ${probe} {\n`, () => `\tchain ${probe} {\n\t\t${text}\n`);
  return ruleIn(loadPolicy({ name: '<rule>', text: around }, 'nft'), probe);
}

function readIptablesRule(
  text: string,
  { name, family, chains }: Table,
  chain: string,
  ipset: Source | undefined,
): Outcome<Rule> {
  const known = tableNames.find((one) => one === name);
  const builtins = new Set(known ? builtinsOf(known).map((one) => one.name) : []);
  const heads = chains.map((one) => `:${one.name} ${builtins.has(one.name) ? 'ACCEPT' : '-'} [0:0]`);
  const dump = [`*${name}`, ...heads, text, 'COMMIT', ''].join('\n');
  const kind = family === 'ip6' ? 'ip6tables-save' : 'iptables-save';
  return ruleIn(loadPolicy({ name: '<rule>', text: dump }, kind, { ipset }), chain);
}

function ruleIn(
  { value, diagnostics }: Outcome<{ readonly ruleSet: RuleSet }>,
  chain: string,
): Outcome<Rule> {
  const found = value?.ruleSet.tables.flatMap(({ chains }) => chains).find(({ name }) => name === chain);
  return { value: found?.rules[0], diagnostics };
}

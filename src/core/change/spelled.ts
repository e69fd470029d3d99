// Tables as nft text would have them, part by part: those of a policy and those of a machine are held against each other in
// these words.
import type { Outcome } from '../diagnostic/diagnostic.ts';
import type { EmitOptions } from '../ir/emit-options.ts';
import type { Rule, RuleSet, Table } from '../ir/ruleset.ts';
import { loadPolicy } from '../load.ts';
import { commentOf } from '../match/comment.ts';
import { spellTexts, type TextTable, tableText } from '../nft/emit-text.ts';
import { meaningOf } from '../source-map/meaning.ts';

/** A table of a policy. */
export interface Target {
  readonly spelled: TextTable;
  /** What reads back of its text. */
  readonly read: Table;
  /** All of its text, with what deletes the table as it was. */
  readonly text: string;
}

/** The tables that a policy has on a machine; problems where nft can't say them. */
export function targetsOf(ruleSet: RuleSet, options: EmitOptions): Outcome<readonly Target[]> {
  const { value: spelled, diagnostics } = spellTexts(ruleSet, options);
  if (!spelled) return { value: undefined, diagnostics };
  const texts = spelled.map(tableText);
  const { value: read, diagnostics: problems } = readBack(texts.join(''));
  if (!read) return { value: undefined, diagnostics: [...diagnostics, ...problems] };
  const value = spelled.flatMap((one, at) => {
    const table = read.tables.find(({ family, name }) => family === one.family && name === one.name);
    return table ? [{ spelled: one, read: table, text: texts[at] ?? '' }] : [];
  });
  return { value, diagnostics };
}

function readBack(text: string): Outcome<RuleSet> {
  if (text === '') return { value: { tables: [] }, diagnostics: [] };
  const { value, diagnostics } = loadPolicy({ name: 'what was compiled to nft', text }, 'nft');
  return { value: value?.ruleSet, diagnostics };
}

/** Everything of a table of a machine but its rules; undefined where nft text can't say it. */
export function declarationsOf(table: Table): TextTable | undefined {
  const chains = table.chains.map((chain) => ({ ...chain, rules: [] }));
  return spellTexts({ tables: [{ ...table, chains }] }, {}).value?.[0];
}

/** The same for rules that the kernel would list as the same. */
export function keyOf(rule: Rule): string {
  return `${meaningOf(rule)} ${JSON.stringify(commentOf(rule.parts) ?? null)}`;
}

/** Every text in a value: the names that it may refer to, and more. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => (key === 'span' ? [] : textsIn(one)));
}

// Edits as lines of a policy. Chains that the policy declares take them as they are; those that a policy between zones or
// a gateway becomes are changed where they come from, as far as its words can.
import { ruleText } from '../ir/rule-text.ts';
import type { Chain, Rule } from '../ir/ruleset.ts';
import { lineText, locationOf, type Span, textOf } from '../text/source.ts';
import type { Edit } from './edit.ts';

/** Where, and the line; without a line the policy has no words for it. */
export interface LanguageEdit {
  readonly text: string;
  readonly command?: string;
}

type ChainEdit = Extract<Edit, { kind: 'insert' | 'replace' | 'remove' | 'policy' }>;

/** An edit at a chain of a policy. `position`: what the edit is about, as in `rule 3 of inet filter input`. */
export function inLanguage(chain: Chain, edit: ChainEdit, position: string): LanguageEdit {
  const old = edit.kind === 'policy' ? undefined : chain.rules[edit.place.index - 1];
  const where = wordsFor(edit, position, old);
  if (!chain.span || textOf(chain.span).startsWith('chain')) return { text: where, ...lineOf(edit) };
  const origin = `\`${headOf(chain.span)}\``;
  if (edit.kind === 'replace' && isDefault(old, chain))
    return { text: `the default of ${origin}`, command: `default ${ruleText(edit.rule)}` };
  if (edit.kind === 'insert' && !chain.base)
    return { text: `in ${origin}, ${where}`, command: ruleText(edit.rule) };
  if (edit.kind === 'insert' && headOf(chain.span).startsWith('policy'))
    return {
      text: `in a policy between the zones of the two, beside ${origin}`,
      command: ruleText(edit.rule),
    };
  return { text: `${where}, which ${origin} becomes` };
}

function wordsFor({ kind }: ChainEdit, position: string, old: Rule | undefined): string {
  switch (kind) {
    case 'insert':
      return `${old ? 'before' : 'at'} ${position}`;
    case 'remove':
      return `without ${position}`;
    case 'replace':
    case 'policy':
      return position;
  }
}

/** Where nothing is to be written, the line is to go. */
function lineOf(edit: ChainEdit): Pick<LanguageEdit, 'command'> {
  switch (edit.kind) {
    case 'insert':
    case 'replace':
      return { command: ruleText(edit.rule) };
    case 'policy':
      return { command: `policy ${edit.policy}` };
    case 'remove':
      return { command: '' };
  }
}

/** The rule that says what a policy between zones does with all else. */
function isDefault(rule: Rule | undefined, { span, rules }: Chain): boolean {
  return rule !== undefined && rule === rules.at(-1) && rule.span?.start === span?.start;
}

/** The line with which a block begins, without its brace. */
function headOf(span: Span): string {
  const line = lineText(span.source, locationOf(span).line);
  return line.trim().replace(/\s*\{.*$/, '');
}

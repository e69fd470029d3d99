// What is asked about all packets: their fate, and a condition like that of a rule. It is read as a line of an assertion.
import type { Question } from '../ir/policy.ts';
import type { NamedSet } from '../ir/ruleset.ts';
import type * as Ast from '../syntax/ast.ts';
import { parsePolicy } from '../syntax/parse.ts';
import type { Source } from '../text/source.ts';
import { reportUnfit, setsInReach } from './assertion.ts';
import { makeCursor, takeWord } from './cursor.ts';
import { reportUnknownWord } from './line.ts';
import { checkCondition } from './rule.ts';
import type { TopLevel } from './table.ts';

const fates = [
  'accepted',
  'dropped',
  'rejected',
  'any',
  'forwarded',
  'local',
  'sent',
] as const satisfies readonly Question['fate'][];

/** A question on one line; its block is that of the syntax tree. */
export function parseQuestion({ name, text }: Source): ReturnType<typeof parsePolicy> {
  const line = text
    .replace(/\s+/g, ' ')
    .trim()
    .split('"')
    .map((part, at) => (at % 2 === 0 ? inWordsOfRules(part) : part))
    .join('"');
  return parsePolicy({ name, text: `assert "question" {\n  ${line}\n}\n` });
}

/** `in "wan0"`, `out "lan0"` and `port 22` are short for what rules have several words for. */
function inWordsOfRules(text: string): string {
  return text
    .replace(/(?<![\w-])in (?!zone\b)/g, 'iif ')
    .replace(/(?<![\w-])out (?!zone\b)/g, 'oif ')
    .replace(/(?<![\w-])port (?=[\d{])/g, 'meta l4proto { tcp, udp } th dport ');
}

/** Reads a question in the words that the policy has; what is wrong in it is reported. */
export function checkQuestion(file: Ast.PolicyFile, top: TopLevel): Question | undefined {
  const { report } = top;
  const [block, more] = file.items;
  const lines = block?.kind === 'assert' ? block.lines : [];
  const [line, another] = lines;
  const odd = more?.span ?? another?.span ?? (line && line.kind !== 'rule' ? line.span : undefined);
  if (odd) report.complain('HK2024', 'this is more than one question', { span: odd });
  if (odd || !line || line.kind !== 'rule') return undefined;
  const cursor = makeCursor(line.terms, line.span, top.scope, report);
  const fate = takeWord(cursor, ...fates) ?? reportUnknownWord(cursor, fates);
  if (!fate) return undefined;
  const sets = new Set<NamedSet>();
  const rest = { terms: cursor.terms.slice(cursor.at), span: line.span };
  const cases = checkCondition(rest, { ...top, sets: setsInReach(top, sets) });
  for (const part of cases.flatMap(({ parts }) => parts)) reportUnfit(part, report);
  return { fate, cases, sets: [...sets], span: line.span };
}

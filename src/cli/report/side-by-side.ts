// What the kernel did with a packet beside what its trace says, line by line, as a table.
import Table from 'cli-table3';
import { ruleText } from '../../core/ir/rule-text.ts';
import { findChain, type RuleSet } from '../../core/ir/ruleset.ts';
import { type AlignedRow, alignLines, countSameLines } from '../../core/text/align.ts';
import { locationOf } from '../../core/text/source.ts';
import type { BothAccounts } from '../../host/kernel/play.ts';
import type { Surface } from '../terminal.ts';
import { fold } from './fold.ts';

/** The lines of both, next to each other, those that differ with a mark; and what the rules of the first one say. */
export function sideBySide(accounts: BothAccounts, ruleSet: RuleSet, surface: Surface): string {
  const rows = alignLines(linesOf(accounts.kernel), linesOf(accounts.simulation));
  const first = rows.find(({ same }) => !same);
  return `${tableOf(rows, surface)}\n${first ? meanings(first, ruleSet, surface) : ''}`;
}

/** An account is empty where nothing was seen. */
export function linesOf(account: string): readonly string[] {
  return account === '' ? [] : account.split('\n');
}

/** Columns that borders, blanks and the mark take. */
const frame = 12;
const narrowest = 24;

function tableOf(rows: readonly AlignedRow[], { width, paint }: Surface): string {
  const column = Math.max(Math.floor((width - frame) / 2), narrowest);
  const table = new Table({
    head: ['', 'the kernel', 'the trace'],
    colWidths: [3, column + 2, column + 2],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [] },
  });
  for (const { left = '', right = '', same } of rows) {
    const cells = [same ? '' : '≠', fold(left, column), fold(right, column)];
    table.push(same ? cells : cells.map((cell) => cell.replace(/^.+$/gm, (line) => paint('bad', line))));
  }
  return table.toString();
}

function meanings({ left, right }: AlignedRow, ruleSet: RuleSet, { paint }: Surface): string {
  const side = (name: string, line: string | undefined) =>
    `  ${paint('strong', name)}  ${line === undefined ? 'nothing more' : meaningOf(line, ruleSet)}\n`;
  return `first difference\n${side('the kernel', left)}${side('the trace ', right)}`;
}

/** A line about a rule, with what the rule says and where it stands. */
function meaningOf(line: string, ruleSet: RuleSet): string {
  const [, family, name, chain, index] = /^(\S+) (\S+) (\S+) (\d+)(?: |$)/.exec(line) ?? [];
  const table = ruleSet.tables.find((one) => one.family === family && one.name === name);
  const rule = table && findChain(table, chain ?? '')?.rules[Number(index) - 1];
  if (!rule) return line;
  const place = rule.span ? locationOf(rule.span) : undefined;
  return `${line}: ${ruleText(rule)}${place ? `  ${place.file}:${place.line}` : ''}`;
}

/** The way of the trace that is most like what the kernel did, and the others. */
export function byNearness(accounts: readonly BothAccounts[]): {
  readonly nearest: BothAccounts | undefined;
  readonly others: readonly BothAccounts[];
} {
  const [nearest, ...others] = accounts.toSorted((one, other) => likeness(other) - likeness(one));
  return { nearest, others };
}

function likeness({ kernel, simulation }: BothAccounts): number {
  return countSameLines(linesOf(kernel), linesOf(simulation));
}

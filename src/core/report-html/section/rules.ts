// The rules that decide today, with what they decide about.
import type { Group } from '../../conntrack-check/summary.ts';
import { text, type Xml } from '../../picture/xml.ts';
import type { Report } from '../model.ts';
import { countText } from '../number.ts';
import { type Column, table } from '../table.ts';
import { groupColumns, section } from './section.ts';

/** All of them, those with the most connections first, with the numbers that they have in the picture. */
export function ruleSection({ summary }: Report): readonly Xml[] {
  const rows = summary.by.rule.groups.map((group, at) => ({ ...group, number: at + 1 }));
  if (rows.length === 0) return [];
  const columns: readonly Column<Group & { readonly number: number }>[] = [
    {
      head: '',
      cell: ({ number }) => text(countText(number)),
      key: ({ number }) => number,
    },
    ...groupColumns('rule', rows, summary.totals),
  ];
  return [
    section(
      'Rules',
      'What decides today about the first packet of each connection.',
      table('Rules by connections', columns, rows, ''),
    ),
  ];
}

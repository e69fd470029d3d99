// Lines of reports: headings, levels in their colours, text with a hanging indent.
import type { Level } from '../../core/conntrack-stats/counters.ts';
import type { Role } from '../../core/text/style.ts';
import type { Surface } from '../terminal.ts';
import { fold } from './fold.ts';

/** How levels are painted. */
export const levelRoles: Readonly<Record<Level, Role>> = {
  bad: 'bad',
  watch: 'accent',
  fine: 'good',
  unknown: 'dim',
};

/** A line with a hanging indent, no wider than the surface. */
export function hanging(text: string, indent: number, { width }: Surface): string {
  const lines = fold(text, Math.max(20, width - indent)).split('\n');
  return `${lines.map((line) => ' '.repeat(indent) + line).join('\n')}\n`;
}

/** The heading of a part. */
export function heading(text: string, { paint }: Surface): string {
  return `${paint('strong', text)}\n`;
}

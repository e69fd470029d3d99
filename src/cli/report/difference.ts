// What another rule set makes of packets, as text and as JSON.
import type { z } from 'zod';
import { changes } from '../../core/analyse/compare/changes.ts';
import type { ChangedClass, Difference, Side } from '../../core/analyse/difference.ts';
import { formatInjection } from '../../core/packet/format.ts';
import { decidingText } from '../../core/trace/deciding-text.ts';
import type { diffReport } from '../schema/analysis.ts';
import type { Surface } from '../terminal.ts';
import { cellsText } from './answer.ts';

/** A paragraph for each class: what its packets are, and what becomes of them before and after. */
export function differenceText(
  { classes, assumptions }: Difference,
  { paint }: Pick<Surface, 'paint'>,
): string {
  const taken = assumptions.map((one) => paint('dim', `taken for granted: ${one}\n`)).join('');
  if (classes.length === 0) return `${paint('good', 'all packets fare the same')}\n${taken}`;
  const count = `${classes.length} ${classes.length === 1 ? 'class' : 'classes'} of packets fare differently\n`;
  return `${classes.map((one) => classText(one, paint)).join('')}\n${count}${taken}`;
}

function classText(one: ChangedClass, paint: Surface['paint']): string {
  const { change, direction, packets, free, before, after, example } = one;
  const from = direction === 'out' ? 'from this host; ' : '';
  return [
    `${paint(change === 'newly accepted' ? 'good' : 'bad', change)}  ${from}${cellsText(packets.cells, free)}\n`,
    `  before: ${sideText(before)}\n`,
    `  after: ${sideText(after)}\n`,
    ...(example ? [paint('dim', `  such as ${formatInjection(example)}\n`)] : []),
  ].join('');
}

function sideText({ end, deciding }: Side): string {
  const { fate, reason, out, why } = end;
  const place = out === undefined ? '' : ` by ${out}`;
  const because = why ?? reason;
  const ended = `${fate === 'delivered-local' ? 'delivered here' : fate}${place}${because ? ` (${because})` : ''}`;
  return [ended, ...deciding.map(decidingText)].join(', ');
}

/** The same for programs. */
export function differenceToJson({ classes, assumptions }: Difference): z.infer<typeof diffReport> {
  return {
    schema: 'hookline.diff/1',
    classes: classes.map(({ change, direction, packets, free, before, after, example }) => ({
      change,
      direction,
      packets: Object.fromEntries(packets.cells),
      free: [...free],
      before: sideToJson(before),
      after: sideToJson(after),
      ...(example && { example: formatInjection(example) }),
    })),
    assumptions: [...assumptions],
  };
}

function sideToJson({ end, deciding }: Side) {
  return { ...end, deciding: deciding.map(decidingText) };
}

/** What the words for changes mean, for help. */
export function changesText(): string {
  return Object.entries(changes)
    .map(([name, meaning]) => `  ${name.padEnd(22)} ${meaning}`)
    .join('\n');
}

// What another rule set makes of packets, as text and as JSON.
import type { z } from 'zod';
import { changes } from '../../core/analyse/compare/changes.ts';
import type { ChangedClass, Difference, Side } from '../../core/analyse/difference.ts';
import { formatInjection } from '../../core/packet/format.ts';
import { decidingText } from '../../core/trace/deciding-text.ts';
import type { diffReport } from '../schema/analysis.ts';
import { type ClassesOut, cellsText, decidingTexts, headText, lineText, listText } from './classes.ts';

/** A paragraph for each class: what its packets are, and what becomes of them before and after. */
export function differenceText(difference: Difference, out: ClassesOut): string {
  const isSame = difference.classes.length === 0 && difference.missed.length === 0;
  const same = isSame ? `${out.paint('good', 'all packets fare the same')}\n` : '';
  return same + listText(difference, (one) => classText(one, out), counted, out);
}

function counted(count: number): string {
  return `${count} ${count === 1 ? 'class' : 'classes'} of packets fare differently`;
}

function classText(one: ChangedClass, out: ClassesOut): string {
  const { change, direction, packets, free, before, after, example } = one;
  const from = direction === 'out' ? 'from this host; ' : '';
  const look = change === 'newly accepted' ? 'good' : 'bad';
  return [
    headText(look, change, `${from}${cellsText(packets.cells, free)}`, out),
    lineText(`before: ${sideText(before)}`, out),
    lineText(`after: ${sideText(after)}`, out),
    ...(example ? [out.paint('dim', lineText(`such as ${formatInjection(example)}`, out))] : []),
  ].join('');
}

function sideText({ end, deciding }: Side): string {
  const { fate, reason, out, why } = end;
  const place = out === undefined ? '' : ` by ${out}`;
  const because = why ?? reason;
  const ended = `${fate === 'delivered-local' ? 'delivered here' : fate}${place}${because ? ` (${because})` : ''}`;
  return [ended, ...decidingTexts(deciding)].join(', ');
}

/** The same for programs. */
export function differenceToJson({ classes, assumptions, missed }: Difference): z.infer<typeof diffReport> {
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
    missed: [...missed],
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

// Classes of packets with who decides about them and an example, as text and as JSON.
import type { z } from 'zod';
import type { Answer, AnsweredClass } from '../../core/analyse/query.ts';
import { formatInjection } from '../../core/packet/format.ts';
import { decidingText } from '../../core/trace/deciding-text.ts';
import type { queryReport } from '../schema/analysis.ts';
import type { Surface } from '../terminal.ts';

/** A paragraph for each class: what its packets are, what decides about them, one of them. */
export function answerText({ classes, assumptions }: Answer, out: Pick<Surface, 'paint'>): string {
  const taken = assumptions.map((one) => out.paint('dim', `taken for granted: ${one}\n`));
  if (classes.length === 0) return `${out.paint('strong', 'there is no such packet')}\n${taken.join('')}`;
  const paragraphs = classes.map((one) => classText(one, out));
  const count = `${classes.length} ${classes.length === 1 ? 'class' : 'classes'} of packets\n`;
  return `${paragraphs.join('')}\n${count}${taken.join('')}`;
}

/** What the packets of a class have in common, on one line; `free` are conditions that nobody can tell. */
export function cellsText(cells: ReadonlyMap<string, string>, free: readonly string[]): string {
  const texts = [...cells].map(([title, cell]) => {
    if (!free.includes(title) || !(cell === 'yes' || cell === 'no')) return `${title} ${cell}`;
    return cell === 'yes' ? `only if \`${title}\` holds` : `only if \`${title}\` does not hold`;
  });
  return texts.join('; ') || 'all packets';
}

function classText(one: AnsweredClass, out: Pick<Surface, 'paint'>): string {
  const { direction, verdict, fate, why, packets, free, deciding, example } = one;
  const end = verdict === 'depends' ? `not known: ${why}` : fateText(fate);
  const look = verdict === 'accept' ? 'good' : verdict === 'depends' ? 'accent' : 'bad';
  const from = direction === 'out' ? 'from this host; ' : '';
  return [
    `${out.paint(look, end)}  ${from}${cellsText(packets.cells, free)}\n`,
    ...deciding.map((each) => `  by ${decidingText(each)}\n`),
    ...(example ? [out.paint('dim', `  such as ${formatInjection(example.sent)}\n`)] : []),
  ].join('');
}

function fateText(fate: string): string {
  return fate === 'delivered-local' ? 'delivered here' : fate;
}

/** The same for programs. */
export function answerToJson({ classes, assumptions }: Answer): z.infer<typeof queryReport> {
  return {
    schema: 'hookline.query/1',
    classes: classes.map(({ direction, verdict, fate, why, packets, free, deciding, example }) => ({
      direction,
      verdict,
      fate,
      ...(why !== undefined && { why }),
      packets: Object.fromEntries(packets.cells),
      free: [...free],
      deciding: deciding.map(decidingText),
      ...(example && { example: formatInjection(example.sent) }),
    })),
    assumptions: [...assumptions],
  };
}

// Classes of packets with who decides about them and an example, as text and as JSON.
import type { z } from 'zod';
import type { Answer, AnsweredClass } from '../../core/analyse/query.ts';
import { formatInjection } from '../../core/packet/format.ts';
import { decidingText } from '../../core/trace/deciding-text.ts';
import type { queryReport } from '../schema/analysis.ts';
import { type ClassesOut, cellsText, decidingTexts, headText, lineText, listText } from './classes.ts';

/** A paragraph for each class: what its packets are, what decides about them, one of them. */
export function answerText(answer: Answer, out: ClassesOut): string {
  const isNone = answer.classes.length === 0 && answer.missed.length === 0;
  const none = isNone ? `${out.paint('strong', 'there is no such packet')}\n` : '';
  return none + listText(answer, (one) => classText(one, out), counted, out);
}

function counted(count: number): string {
  return `${count} ${count === 1 ? 'class' : 'classes'} of packets`;
}

function classText(one: AnsweredClass, out: ClassesOut): string {
  const { direction, verdict, fate, why, packets, free, deciding, example } = one;
  const end = verdict === 'depends' ? `not known: ${why}` : fateText(fate);
  const look = verdict === 'accept' ? 'good' : verdict === 'depends' ? 'accent' : 'bad';
  const from = direction === 'out' ? 'from this host; ' : '';
  return [
    headText(look, end, `${from}${cellsText(packets.cells, free)}`, out),
    ...decidingTexts(deciding).map((each) => lineText(`by ${each}`, out)),
    ...(example ? [out.paint('dim', lineText(`such as ${formatInjection(example.sent)}`, out))] : []),
  ].join('');
}

function fateText(fate: string): string {
  return fate === 'delivered-local' ? 'delivered here' : fate;
}

/** The same for programs. */
export function answerToJson({ classes, assumptions, missed }: Answer): z.infer<typeof queryReport> {
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
    missed: [...missed],
  };
}

// What the host answered, as text: a line for each answer, with what became of it on its own way.
import { formatPacket } from '../packet/format.ts';
import type { Paint } from '../text/style.ts';
import { copied } from './copy.ts';
import { decidingText } from './deciding-text.ts';
import { ownCopy } from './own-copy.ts';
import type { Answer, Way } from './step.ts';

/** Answers in order, with what is not known of them; those to an answer stand behind it. */
export function renderAnswers(answers: readonly Answer[], paint: Paint): readonly string[] {
  return answers.flatMap((answer) => {
    const name = answer.why === ownCopy || answer.why === copied ? 'copy  ' : 'answer';
    const line = `${paint('strong', name)}  ${answerText(answer)}`;
    if (!('way' in answer)) return [line];
    const unknown = answer.way.unknownParts.map((part) => `  ${paint('strong', 'unknown')}  ${part}`);
    return [line, ...unknown, ...renderAnswers(answer.way.answers, paint)];
  });
}

function answerText(answer: Answer): string {
  if ('way' in answer) return `${formatPacket(answer.way.packet)}, ${fateText(answer.way)}`;
  return `${formatPacket(answer.packet)}, not followed: ${answer.unfollowed}`;
}

function fateText({ verdict, fate, out, reason, deciding }: Way): string {
  if (verdict === 'accept') return `${fate}${out === undefined ? '' : ` out ${out}`}`;
  if (reason !== undefined) return `dropped by the stack: ${reason}`;
  return `${fate}${deciding ? ` by ${decidingText(deciding)}` : ''}`;
}

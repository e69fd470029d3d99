// `hookline explain RULE`: what a rule does, part by part, and how the tools write it.
import { type Explanation, explainRule } from '../core/explain/rule.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCode } from './exit.ts';
import { demand } from './failure.ts';

/** Explains one rule. */
export function explainWords(context: Context, text: string): ExitCode {
  const explained = demand(explainRule(text), context.report);
  const { out, json } = context;
  if (json) out.write(`${JSON.stringify({ schema: 'hookline.rule/1', ...explained })}\n`);
  else out.write(written(explained, out.paint));
  return exitCode.done;
}

/** A part with a longer text has its meaning on a line of its own. */
const widest = 40;

function inColumn(text: string, width: number): string {
  return text.length > width ? `${text}\n  ${' '.repeat(width)}` : text.padEnd(width);
}

function written({ rules, spellings }: Explanation, paint: Context['out']['paint']): string {
  const texts = rules.flatMap(({ parts }) => parts.map(({ text }) => text.length));
  const width = Math.max(0, ...texts.filter((length) => length <= widest));
  const blocks = rules.map(({ text, parts }) =>
    [
      paint('strong', text),
      ...parts.map((part) => `  ${inColumn(part.text, width)}  ${part.meaning}`),
      '',
    ].join('\n'),
  );
  const spelled = spellings.flatMap(({ to, lines, reason }) =>
    lines.length > 0 ? lines.map((line) => [to, line]) : [[to, `not said: ${reason ?? ''}`]],
  );
  return `${blocks.join('\n')}\n${spelled.map(([to = '', line = '']) => `${to.padEnd(9)}  ${line}\n`).join('')}`;
}

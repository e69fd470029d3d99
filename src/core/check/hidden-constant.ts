// Words of the language that stand where a constant of their name could be meant: behind a key that would take a value.
import { textOf } from '../text/source.ts';
import { type Cursor, type Located, peek, placeOf } from './cursor.ts';
import { isKey, type Key } from './key.ts';
import { type Constant, findConstant } from './scope.ts';

/** Warns where the last word of a key, which began at `start`, is the name of a constant that the key without it could take. */
export function warnIfKeyHides(cursor: Cursor, start: number, { words }: Key): void {
  const last = { ...cursor, at: start + words - 1 };
  if (words > 1 && constantAt(last) && isKey(textsOf(cursor.terms.slice(start, last.at))))
    warnIfWordHides(last);
}

/** Warns where the next word, which is one of the language here, is also the name of a constant. */
export function warnIfWordHides(cursor: Cursor): void {
  const next = peek(cursor);
  const constant = constantAt(cursor);
  if (!next || !constant) return;
  const { text, span } = constant.name;
  const kind = constant.argumentOf ? 'parameter' : 'constant';
  cursor.report.complain('HK2005', `\`${text}\` is a word of the language here, not the ${kind}`, {
    span: placeOf(next),
    labels: [{ span, message: `the ${kind}` }],
    help: `write \`{ ${text} }\` for the ${kind}`,
  });
}

function constantAt(cursor: Cursor): Constant | undefined {
  const next = peek(cursor);
  return next?.term.kind === 'word' ? findConstant(next.scope, next.term.text) : undefined;
}

function textsOf(located: readonly Located[]): string {
  return located.map(({ term }) => textOf(term.span)).join(' ');
}

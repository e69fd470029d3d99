// Rules without which everything would be the same, though packets reach them.
import { type Diagnostic, diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Finding } from '../define.ts';
import { factsOf } from '../exact/facts.ts';
import { type RedundantLine, redundantLines } from '../exact/redundant.ts';
import { endsEveryPacket, nameOfLine } from '../place.ts';

/** In longer chains it would take longer than all else. */
const longest = 1000;

export const redundant: Finding = {
  code: 'HK7104',
  name: 'redundant',
  longest,
  *find(subject) {
    for (const one of redundantLines(factsOf(subject), longest)) yield redundantLine(one);
  },
};

function redundantLine({ facts: { line, placed }, replaced }: RedundantLine): Diagnostic {
  const name = nameOfLine(line, placed);
  const isByEnd = replaced.some(
    (one) => one.kind === 'by-policy' || [...one.by].some(({ place: { rule } }) => endsEveryPacket(rule)),
  );
  const spans = replaced.flatMap((one) =>
    one.kind === 'by-rules' ? [...one.by].flatMap(({ place: { rule } }) => rule.span ?? []) : [],
  );
  const own = spans.filter((span, at) => spans.findIndex(({ start }) => start === span.start) === at);
  return diagnostic('HK7104', `without ${name} the same happens to every packet`, {
    span: line.span,
    labels: own.slice(0, mostLabels).map((span) => ({ span, message: 'decides alike' })),
    ...(isByEnd && { severity: 'note' }),
  });
}

const mostLabels = 4;

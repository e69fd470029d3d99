// Neighbours about the same packets, of which one accepts and the other stops.
import { diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Finding } from '../define.ts';
import type { Ruled } from '../exact/ruled.ts';
import { type UnreachedLine, unreachedLines } from '../exact/unreached.ts';
import { nameOfLine } from '../place.ts';

export const contradictory: Finding = {
  code: 'HK7106',
  name: 'contradictory',
  *find(subject) {
    for (const one of unreachedLines(subject)) {
      if (!isContradictory(one)) continue;
      const { line, placed, by, example } = one;
      const before = by[0]?.place.rule.span;
      yield diagnostic('HK7106', `${nameOfLine(line, placed)} contradicts the one before it, which counts`, {
        span: line.span,
        labels: before && [{ span: before, message: 'about the same packets' }],
        example,
      });
    }
  },
};

/** Whether the rule just before it ends the same packets otherwise. */
export function isContradictory({ kind, by, rules, placed, line }: UnreachedLine): boolean {
  const [before, another] = by;
  const [rule, more] = rules;
  if (kind !== 'ended' || !before || !rule || another || more) return false;
  const isNeighbour = before.place.chain === placed.chain.name && before.place.index === line.first;
  return (
    isNeighbour &&
    before.matched === rule.matched &&
    lets(before) !== undefined &&
    lets(before) === !lets(rule)
  );
}

/** Whether it lets all of its packets pass, or none. */
function lets({ exits, isBare }: Ruled): boolean | undefined {
  const kinds = new Set(exits.map(({ result }) => result.kind === 'accept'));
  const [only, other] = kinds;
  return isBare && other === undefined ? only : undefined;
}

// Rules that no packet comes to, because rules before end all that meet their conditions.
import { type Diagnostic, diagnostic, type Label } from '../../../diagnostic/diagnostic.ts';
import type { Finding } from '../define.ts';
import type { Ruled } from '../exact/ruled.ts';
import { type UnreachedLine, unreachedLines } from '../exact/unreached.ts';
import { nameOfLine } from '../place.ts';
import { isContradictory } from './contradictory.ts';
import { isDuplicate } from './duplicate.ts';

export const shadowed: Finding = {
  code: 'HK7102',
  name: 'shadowed',
  saidAs: 'HK2084',
  *find(subject) {
    const twice = isDuplicate(subject.ruleSet);
    const lines = unreachedLines(subject).filter(
      (one) => one.kind !== 'never' && !isContradictory(one) && !twice(one.line),
    );
    for (const group of grouped(lines)) yield shadowedBy(group);
  },
};

/** Lines behind each other that the same one rule is in the way of: what stands behind the end of a chain. */
function grouped(lines: readonly UnreachedLine[]): readonly (readonly [UnreachedLine, ...UnreachedLine[]])[] {
  const groups: [UnreachedLine, ...UnreachedLine[]][] = [];
  for (const one of lines) {
    const group = groups.at(-1);
    if (group && group[0].by.length === 1 && isNext(group.at(-1) ?? group[0], one)) group.push(one);
    else groups.push([one]);
  }
  return groups;
}

function isNext(before: UnreachedLine, { line, placed, by }: UnreachedLine): boolean {
  const isBehind = line.first === before.line.first + before.line.rules.length;
  return isBehind && placed.chain === before.placed.chain && by.length === 1 && by[0] === before.by[0];
}

function shadowedBy([first, ...others]: readonly [UnreachedLine, ...UnreachedLine[]]): Diagnostic {
  const { line, placed, kind, by, example } = first;
  const name = nameOfLine(line, placed);
  const more = others.length === 0 ? '' : `, and none the ${others.length} behind it`;
  const message =
    kind === 'unmet'
      ? `no packet that comes to its chain meets the conditions of ${name}`
      : `no packet reaches ${name}${more}`;
  return diagnostic('HK7102', message, {
    span: line.span,
    labels: labelsOf(by),
    example,
    help: helpFor(by),
  });
}

const mostLabels = 4;

function labelsOf(by: readonly Ruled[]): readonly Label[] {
  const places = new Set<string>();
  const placed = by.filter(
    ({
      place: {
        rule: { span },
      },
    }) => {
      const key = `${span?.source.name} ${span?.start}`;
      const isNew = span !== undefined && !places.has(key);
      places.add(key);
      return isNew;
    },
  );
  const words = places.size === 1 ? 'this one ends its packets' : 'ends some of its packets';
  const left = placed.length - mostLabels;
  return placed.slice(0, mostLabels).flatMap(({ place: { rule } }, at) => {
    const more = at === mostLabels - 1 && left > 0 ? `, and so do ${left} more rules` : '';
    return rule.span ? [{ span: rule.span, message: words + more }] : [];
  });
}

/** Rules without a place in a text are named. */
function helpFor(by: readonly Ruled[]): string | undefined {
  const unplaced = by.filter(({ place: { rule } }) => !rule.span).slice(0, mostLabels);
  if (unplaced.length === 0) return undefined;
  const names = unplaced.map(({ place: { chain, index } }) => `rule ${index} of \`${chain}\``);
  return `its packets are ended by ${names.join(', ')}; move it up, or take it out`;
}

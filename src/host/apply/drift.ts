// What the kernel has otherwise than it had right after the rules were applied.
import { backEndOf } from './back-ends.ts';
import { type Generation, readTexts, type TextKind, textKinds } from './generation.ts';
import type { Site } from './site.ts';

/** A line that is there and was not, or the other way round, and what it stands in. */
export interface Drift {
  readonly what: 'added' | 'removed';
  /** The table and the chain, set or object. */
  readonly where: string;
  readonly line: string;
}

/** Compares what is there with what was applied; elements that rules add or that time takes away are no drift. */
export async function driftOf(site: Site, generation: Generation): Promise<readonly Drift[]> {
  const then = readTexts(site, generation.number, 'after');
  const now = await backEndOf(generation.loader).listing(site, generation);
  return textKinds.flatMap((kind) => differences(kind, then[kind] ?? '', now[kind] ?? ''));
}

function differences(kind: TextKind, then: string, now: string): readonly Drift[] {
  if (then === now) return [];
  const [before, after] = [placed(kind, then), placed(kind, now)];
  const places = [...new Set([...before.keys(), ...after.keys()])];
  // ipset lists elements in no order.
  const inOrder = (lines: readonly string[] = []) => (kind === 'ipset' ? lines.toSorted() : lines);
  return places.flatMap((place) => changes(place, inOrder(before.get(place)), inOrder(after.get(place))));
}

/** The lines by what they stand in. */
function placed(kind: TextKind, text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const path: string[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '') continue;
    if (kind === 'nft' && line === '}') path.pop();
    else {
      const where = kind === 'nft' ? path.join(' ') : kind;
      const lines = found.get(where) ?? [];
      lines.push(line.replace(/ \{$/, ''));
      found.set(where, lines);
      if (
        kind === 'nft' &&
        /^(?:table|chain|set|map|flowtable|ct \w+|counter|quota|limit|secmark|synproxy)\b.*\{$/.test(line)
      )
        path.push(line.slice(0, -2));
    }
  }
  return found;
}

/** The lines that only one of both has; where both have the same in another order, those that moved. */
function changes(where: string, before: readonly string[], after: readonly string[]): readonly Drift[] {
  const [gone, come] = [without(before, after), without(after, before)];
  const moved = gone.length + come.length > 0 ? [] : after.filter((line, at) => line !== before[at]);
  return [
    ...[...gone, ...moved].map((line): Drift => ({ what: 'removed', where, line })),
    ...[...come, ...moved].map((line): Drift => ({ what: 'added', where, line })),
  ];
}

function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

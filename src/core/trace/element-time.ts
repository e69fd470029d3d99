// When elements of sets and maps end: those that were listed with a time, and those that packets add.

import type { NamedMap, NamedSet, SetElements } from '../ir/ruleset.ts';
import type { ElementDetails } from '../ir/set.ts';
import type { Atom, Tuple } from '../ir/tuple.ts';

/** How long one element stays. */
export interface Lifetime {
  /** Seconds that it gets whenever it is renewed. */
  readonly timeout: number;
  /** In seconds since the beginning of the history. */
  readonly end: number;
}

/** By the text of their keys; those that stay for good are not there. */
export type Lifetimes = ReadonlyMap<string, Lifetime>;

/** Told from all other elements of its set. */
export function elementText(key: Tuple): string {
  return key.map(atomText).join(' . ');
}

function atomText(atom: Atom): string {
  if (typeof atom === 'string') return JSON.stringify(atom);
  return atom.lo === atom.hi ? `${atom.lo}` : `${atom.lo}-${atom.hi}`;
}

/** The elements of a set, each as the values of its fields. */
export function tuplesOf(elements: SetElements): readonly Tuple[] {
  if (elements.kind === 'tuples') return elements.tuples;
  return (elements.kind === 'names' ? elements.names : elements.ranges).map((atom: Atom) => [atom]);
}

/** What was listed begins with the history; the earliest end tells when there is something to do. */
export interface Listed {
  readonly lifetimes: Lifetimes;
  readonly earliest: number;
}

/** The times of the elements that a set or map was listed with, worked out once. */
export function listedTimes(holder: NamedSet | NamedMap): Listed {
  const found = known.get(holder) ?? listed(holder);
  known.set(holder, found);
  return found;
}

const known = new WeakMap<NamedSet | NamedMap, Listed>();

function listed(holder: NamedSet | NamedMap): Listed {
  const lifetimes = new Map(
    elementsOf(holder).flatMap(({ key, details }): [string, Lifetime][] => {
      const timeout = details?.timeout ?? holder.timeout;
      if (key === 'any' || !timeout) return [];
      return [[elementText(key), { timeout, end: details?.expires ?? timeout }]];
    }),
  );
  return { lifetimes, earliest: earliestOf(lifetimes) };
}

function elementsOf(
  holder: NamedSet | NamedMap,
): readonly { readonly key: Tuple | 'any'; readonly details?: ElementDetails | undefined }[] {
  if ('entries' in holder) return holder.entries;
  return tuplesOf(holder.elements).map((key, at) => ({ key, details: holder.details?.[at] }));
}

/** When the first of them ends. */
export function earliestOf(lifetimes: Lifetimes): number {
  let earliest = Infinity;
  for (const { end } of lifetimes.values()) earliest = Math.min(earliest, end);
  return earliest;
}

/** Whether the time of an element is over (net/netfilter/nf_tables.h: nft_set_elem_expired). */
export function hasEnded(lifetimes: Lifetimes, key: Tuple | 'any', now: number): boolean {
  const lifetime = key === 'any' ? undefined : lifetimes.get(elementText(key));
  return lifetime !== undefined && lifetime.end <= now;
}

/** The lifetimes behind those that have ended. */
export function stillLiving(lifetimes: Lifetimes, now: number): Lifetimes {
  return new Map([...lifetimes].filter(([, { end }]) => end > now));
}

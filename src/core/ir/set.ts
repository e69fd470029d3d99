// How named sets and maps are kept, and what stands beside their elements.
import type { Part } from './ruleset.ts';

/** What a set or map is made for. A set whose elements are ranges is one of intervals without saying so. */
export const setFlags = ['constant', 'interval', 'timeout', 'dynamic'] as const;

export type SetFlag = (typeof setFlags)[number];

/** What is absent is as the kernel has it by default. */
export interface SetProperties {
  /** In the order of `setFlags`, without those that the elements or a timeout imply. */
  readonly flags?: readonly SetFlag[];
  /** Seconds that an element stays which has no timeout of its own. */
  readonly timeout?: number;
  /** Seconds between two looks for elements whose time is over. */
  readonly gcInterval?: number;
  /** So many elements at the most. */
  readonly size?: number;
  readonly policy?: 'performance' | 'memory';
  /** Ranges that overlap or touch become one. */
  readonly autoMerge?: true;
  readonly comment?: string;
  /** Each element has one of each: counters, limits, quotas. */
  readonly statements?: readonly Part[];
}

/** What an element has beside its value. */
export interface ElementDetails {
  /** Seconds that it stays. */
  readonly timeout?: number;
  /** Seconds that were left of that when it was listed. */
  readonly expires?: number;
  readonly comment?: string;
  /** Its own counter, limit or quota as it stands. */
  readonly statements?: readonly Part[];
}

/** What adds elements to a set or map, or takes some away, while packets pass: time and whoever fills it, or rules. */
export type Changes = 'by-time' | 'by-rules';

/** What changes a set or map. */
export function changesOf({ flags = [], timeout }: SetProperties): Changes | undefined {
  if (flags.includes('dynamic')) return 'by-rules';
  return timeout !== undefined || flags.includes('timeout') ? 'by-time' : undefined;
}

/** Whether an element is nothing but its value. */
function isBare(details: ElementDetails | undefined): boolean {
  return details === undefined || Object.keys(details).length === 0;
}

/** Elements that time takes away are only in sets that say that there are such. */
export function withTimeouts<Properties extends SetProperties>(
  properties: Properties,
  details: readonly (ElementDetails | undefined)[],
): Properties {
  const { flags = [], timeout } = properties;
  const isSaid = timeout !== undefined || flags.includes('timeout');
  if (isSaid || details.every((one) => one?.timeout === undefined)) return properties;
  return { ...properties, flags: setFlags.filter((flag) => flag === 'timeout' || flags.includes(flag)) };
}

/** The details of elements, one for each; nothing where none has any. */
export function detailsOf(all: readonly (ElementDetails | undefined)[]): {
  readonly details?: readonly ElementDetails[];
} {
  return all.every(isBare) ? {} : { details: all.map((one) => one ?? {}) };
}

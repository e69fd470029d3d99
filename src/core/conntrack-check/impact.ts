// What another policy in place of one would do to live connections, in memory that does not grow with their number.
import { briefOf } from './brief.ts';
import type { CheckedConnection } from './check.ts';
import { addCounts, type Counts, countOne, noCounts, type Tally } from './counts.ts';
import { type Decider, deciderOf, deciderText } from './decider.ts';
import { endpointsText } from './endpoints.ts';
import { serviceKey, serviceText } from './service.ts';

/** What the change does to a connection; one to which several of these happen counts as the first. */
export const impacts = {
  cut: 'packets of the connection no longer pass',
  surviving: 'no longer admitted as new: it passes only because it is known',
  retranslated: 'the next connection of its kind is translated otherwise',
  undecided: 'what becomes of it depends on what is not known',
  opened: 'admitted from now on: it was not as new before',
} as const;

export type Impact = keyof typeof impacts;

/** In the order of {@link impacts}. */
export const impactNames: readonly Impact[] = ['cut', 'surviving', 'retranslated', 'undecided', 'opened'];

/** What becomes of a connection; undefined: nothing else than before. */
function impactOf(before: CheckedConnection, after: CheckedConnection): Impact | undefined {
  if (after.survival === 'cut' && before.survival !== 'cut') return 'cut';
  if (isSurviving(after) && before.admission !== 'stale') return 'surviving';
  if (after.translation.verdict === 'drift' && before.translation.verdict !== 'drift') return 'retranslated';
  if (isOpen(after) && !isOpen(before)) return 'undecided';
  return after.admission === 'admitted' && before.admission === 'stale' ? 'opened' : undefined;
}

function isSurviving({ admission, survival }: CheckedConnection): boolean {
  return admission === 'stale' && survival === 'passes';
}

function isOpen({ admission, survival }: CheckedConnection): boolean {
  return admission === 'depends' || survival === 'depends';
}

/** Connections of one service to which the same happens, by the same two rules. */
export interface ImpactGroup extends Counts {
  readonly impact: Impact;
  /** `tcp 443`. */
  readonly service: string;
  /** What decided about their first packets before, and what does after. */
  readonly before: string;
  readonly after: string;
  /** One of them. */
  readonly example: string;
}

/** What a change does to a whole listing. */
export interface Impacts {
  /** All connections. */
  readonly connections: number;
  readonly totals: Readonly<Record<Impact, Counts>>;
  /** By impact, then those with the most connections first. */
  readonly groups: readonly ImpactGroup[];
  /** What is in no group because there were too many. */
  readonly others: Counts;
}

/** Takes connections in one by one. */
export interface ImpactBuilder {
  /** Says what becomes of the connection. */
  readonly add: (before: CheckedConnection, after: CheckedConnection) => Impact | undefined;
  readonly impacts: () => Impacts;
}

/** So many groups are kept apart. */
const mostGroups = 50_000;

/** Nothing yet. */
export function impactBuilder(): ImpactBuilder {
  const groups = new Map<string, Omit<ImpactGroup, keyof Counts> & { readonly tally: Tally }>();
  const totals = totalsOf(() => noCounts());
  const others = noCounts();
  const numbers = new Map<Decider, number>();
  const numberOf = (checked: CheckedConnection) => {
    const decider = deciderOf(checked);
    const known = numbers.get(decider) ?? numbers.size;
    numbers.set(decider, known);
    return known;
  };
  let connections = 0;
  return {
    add: (before, after) => {
      connections++;
      const impact = impactOf(before, after);
      if (!impact) return undefined;
      const one = countOne(noCounts(), briefOf(after));
      addCounts(totals[impact], one);
      const service = serviceKey(after.entry.original);
      const key = `${impact} ${service} ${numberOf(before)} ${numberOf(after)}`;
      const known = groups.get(key);
      if (known) addCounts(known.tally, one);
      else if (groups.size >= mostGroups) addCounts(others, one);
      else groups.set(key, { ...describe(impact, before, after), tally: one });
      return impact;
    },
    impacts: () => ({
      connections,
      totals: totalsOf((impact) => ({ ...totals[impact] })),
      groups: [...groups.values()].map(({ tally, ...group }) => ({ ...group, ...tally })).toSorted(inOrder),
      others: { ...others },
    }),
  };
}

function totalsOf(make: (impact: Impact) => Tally): Record<Impact, Tally> {
  return {
    cut: make('cut'),
    surviving: make('surviving'),
    retranslated: make('retranslated'),
    undecided: make('undecided'),
    opened: make('opened'),
  };
}

function describe(
  impact: Impact,
  before: CheckedConnection,
  after: CheckedConnection,
): Omit<ImpactGroup, keyof Counts> {
  return {
    impact,
    service: serviceText(serviceKey(after.entry.original)),
    before: deciderText(deciderOf(before)),
    after: deciderText(deciderOf(after)),
    example: endpointsText(after.entry.original),
  };
}

function inOrder(one: ImpactGroup, other: ImpactGroup): number {
  const byImpact = impactNames.indexOf(one.impact) - impactNames.indexOf(other.impact);
  return byImpact || other.connections - one.connections || other.bytes - one.bytes;
}

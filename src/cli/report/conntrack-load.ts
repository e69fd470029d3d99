// How large the table gets by the rate of new connections, for people.
import type { Arrivals, Kind, Stay } from '../../core/conntrack-stats/load.ts';
import type { TableStats } from '../../core/conntrack-stats/stats.ts';
import type { Surface } from '../terminal.ts';
import { fitTable } from './fit-table.ts';
import { hanging, heading } from './paragraph.ts';
import { numberText, timeText } from './quantity.ts';

/** What comes, how long it stays, and what that adds up to. */
export function loadText(
  { arrivals, stays, kinds, sizeAtRate, rate }: TableStats['load'],
  surface: Surface,
): string {
  return [
    heading('load', surface),
    arrivals === undefined
      ? hanging(
          'how many new connections come is not known: --interval measures it, --rate says it',
          2,
          surface,
        )
      : hanging(arrivalsText(arrivals), 2, surface),
    ...stays.map((stay) => hanging(stayText(stay), 4, surface)),
    ...(sizeAtRate === undefined || rate === undefined
      ? []
      : [
          hanging(
            `at ${numberText(rate)}/s of the same kinds the table has ${Math.round(sizeAtRate)} connections in the long run`,
            2,
            surface,
          ),
        ]),
    kindsTable(kinds, rate, surface),
  ].join('');
}

const sources = {
  events: 'counted by `conntrack -E`',
  ages: 'by the ages of those that are younger than 10 s',
  given: 'as --rate says',
} as const;

function arrivalsText({ perSecond, from, lost }: Arrivals): string {
  return `${lost ? 'more than ' : ''}${numberText(perSecond)} new connections/s, ${sources[from]}${lost ? ', which was not told of all' : ''}`;
}

function stayText({ protocol, perSecond, connections, seconds }: Stay): string {
  return `${protocol}: ${connections} connections at ${numberText(perSecond)}/s: each stays ${timeText(seconds)} on average`;
}

function kindsTable(kinds: readonly Kind[], rate: number | undefined, surface: Surface): string {
  const head = [
    'after its last packet',
    'kept for',
    ...(rate === undefined ? [] : [`at ${numberText(rate)}/s`]),
    'fills the table at',
  ];
  const rows = kinds.map(({ what, seconds, atRate, fillsAt }) => [
    what,
    timeText(seconds),
    ...(rate === undefined ? [] : [String(Math.round(atRate ?? 0))]),
    fillsAt === undefined ? 'not known' : `${numberText(fillsAt)}/s`,
  ]);
  return fitTable(head, rows, surface.width);
}

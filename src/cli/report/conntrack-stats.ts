// What `conntrack stats` found, for people: the worst first in each part, every number with its unit.
import type { Composition } from '../../core/conntrack-stats/composition.ts';
import type { JudgedCounter } from '../../core/conntrack-stats/counters.ts';
import type { Pressure } from '../../core/conntrack-stats/pressure.ts';
import type { TableStats } from '../../core/conntrack-stats/stats.ts';
import type { Surface } from '../terminal.ts';
import { loadText } from './conntrack-load.ts';
import { portsText } from './conntrack-ports.ts';
import { fitTable } from './fit-table.ts';
import { hanging, heading, levelRoles } from './paragraph.ts';
import { chanceText, numberText, percentText, timeText } from './quantity.ts';

/** All parts that there are. */
export function statsText(stats: TableStats, surface: Surface): string {
  const { pressure, counters, composition, ports } = stats;
  const parts = [
    pressure && pressureText(pressure, surface),
    counters && countersText(counters, surface),
    composition && compositionText(composition, surface),
    loadText(stats.load, surface),
    ports && portsText(ports, stats.ownPorts, surface),
  ];
  return parts.filter((part) => part !== undefined && part !== '').join('\n');
}

function pressureText(pressure: Pressure, surface: Surface): string {
  const { level, count, max, fill } = pressure;
  const size =
    max === undefined || fill === undefined
      ? `${count} connections; the most that fit is not known`
      : `${count} of ${max} connections: ${percentText(fill)} full`;
  return [
    heading('table', surface),
    `  ${surface.paint(levelRoles[level], level)}  ${size}\n`,
    ...chainLines(pressure, surface),
    ...(pressure.noRoom === undefined || fill === undefined || fill < 0.9
      ? []
      : [
          hanging(
            `when it is full, ${chanceText(pressure.noRoom)} of new connections find nothing to give up`,
            4,
            surface,
          ),
        ]),
    ...pressure.advice.map((text) => hanging(`→ ${text}`, 4, surface)),
  ].join('');
}

function chainLines(
  { buckets, meanChain, longestChain, chainRefusal }: Pressure,
  surface: Surface,
): string[] {
  if (buckets === undefined || !meanChain || chainRefusal === undefined) return [];
  const text = `${buckets} chains with ${numberText(meanChain)} entries each on average, the longest about ${longestChain}; refused for a chain that is too long: ${chanceText(chainRefusal)}`;
  return [hanging(text, 4, surface)];
}

function countersText(
  { interval, uptime, judged, causes }: NonNullable<TableStats['counters']>,
  surface: Surface,
): string {
  const over = overText(interval, uptime);
  const head = [
    '',
    'counter',
    'total',
    interval === undefined ? 'per second' : `in ${numberText(interval)} s`,
    'what it counts',
  ];
  const rows = judged.map((one) => [one.level, one.name, String(one.total), rateCell(one), one.short]);
  const notable = judged.filter(({ advice }) => advice.length > 0);
  return [
    heading(`counters ${over}`, surface),
    fitTable(head, rows, surface.width),
    ...(causes && causes.full + causes.taken + causes.chain > 0 ? [causesLine(causes, surface)] : []),
    ...notable.map((one) => counterText(one, surface)),
  ].join('');
}

function overText(interval: number | undefined, uptime: number | undefined): string {
  if (interval !== undefined) return `over ${numberText(interval)} seconds`;
  return uptime === undefined
    ? 'since the machine began, whenever that was'
    : `since the machine began, ${timeText(uptime)} ago`;
}

function rateCell({ recent, perSecond }: JudgedCounter): string {
  if (recent !== undefined) return `${recent} (${numberText(perSecond ?? 0)}/s)`;
  return perSecond === undefined ? 'not known' : `${numberText(perSecond)}/s`;
}

function causesLine(
  { full, taken, chain }: { full: number; taken: number; chain: number },
  surface: Surface,
): string {
  const text = `of what was lost: ${full} because the table was full, ${taken} because the tuple was taken (no free port, or two first packets at once), ${chain} because a chain was too long`;
  return hanging(text, 2, surface);
}

function counterText(
  { name, level, meaning, because, advice, source }: JudgedCounter,
  surface: Surface,
): string {
  return [
    `  ${surface.paint(levelRoles[level], level)} ${surface.paint('strong', name)}: ${because}\n`,
    hanging(`${meaning} (nf_conntrack_core.c: ${source})`, 4, surface),
    ...advice.map((text) => hanging(`→ ${text}`, 4, surface)),
  ].join('');
}

/** So many states are shown, and of what less than this share can be freed nothing is said. */
const [mostStates, worthFreeing] = [12, 0.02];

function compositionText({ total, evictable, states, freed }: Composition, surface: Surface): string {
  const rows = states
    .slice(0, mostStates)
    .map(({ protocol, state, count, sysctl, seconds }) => [
      `${protocol} ${state}`,
      String(count),
      percentText(count / total),
      seconds === undefined ? '' : timeText(seconds),
      sysctl ?? 'none of its own',
    ]);
  const worth = freed.filter(({ connections }) => connections >= worthFreeing * total);
  return [
    heading('what fills it', surface),
    fitTable(['connections', 'number', 'share', 'timeout', 'of nf_conntrack_…'], rows, surface.width),
    hanging(
      `${evictable} of ${total} (${percentText(evictable / Math.max(total, 1))}) are not ASSURED: a full table may give them up`,
      2,
      surface,
    ),
    ...worth.map(({ sysctl, from, to, connections, cost }) =>
      hanging(
        `→ sysctl -w net.netfilter.nf_conntrack_${sysctl}=${to} (now ${from}) would have freed ${connections} (${percentText(connections / total)}) by now; ${cost}`,
        2,
        surface,
      ),
    ),
  ].join('');
}

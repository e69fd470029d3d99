// The ports of translated addresses, for people.
import { fillOfRefusal, mostAttempts, type PortRange } from '../../core/conntrack-stats/refusal.ts';
import type { JudgedPorts } from '../../core/conntrack-stats/stats.ts';
import type { Surface } from '../terminal.ts';
import { fitTable } from './fit-table.ts';
import { hanging, heading } from './paragraph.ts';
import { chanceText, numberText, percentText, timeText } from './quantity.ts';

/** A row for each destination, what the columns mean, and what to do about the worst. */
export function portsText(
  ports: readonly JudgedPorts[],
  ownPorts: PortRange | undefined,
  surface: Surface,
): string {
  const title = heading('ports of source NAT, by translated address and destination', surface);
  if (ports.length === 0) return `${title}${hanging('no connection has a translated source', 2, surface)}`;
  const isMeasured = ports.some(({ growth }) => growth !== undefined);
  const head = ['', 'from and to', 'ports', 'taken', 'refused'];
  const rows = ports.map((one) => [...cells(one), ...(isMeasured ? growthCells(one) : [])]);
  const notes = [
    'refused: of new connections that cannot keep their own port, those that get none',
    ...(isMeasured ? [] : ['how fast they fill is not known: measure with --interval']),
    ...ruleNotes(ports),
    ...(ownPorts ? ownNotes(ports, ownPorts) : []),
    ...(ports.some(({ level }) => level !== 'fine') ? advice(ports) : []),
  ];
  return [
    title,
    fitTable([...head, ...(isMeasured ? ['growth', 'full in'] : [])], rows, surface.width),
    ...notes.map((line) => hanging(line, 2, surface)),
  ].join('');
}

function cells({
  level,
  address,
  destination,
  protocol,
  range,
  taken,
  share,
  refusal,
}: JudgedPorts): string[] {
  return [
    level,
    `${protocol} ${address} to ${destination}`,
    rangeText(range),
    `${taken}: ${percentText(share)}`,
    chanceText(refusal),
  ];
}

function growthCells({ growth = 0, fullIn }: JudgedPorts): string[] {
  return [`${numberText(growth)}/s`, fullIn === undefined ? 'never' : timeText(fullIn)];
}

function rangeText({ lo, hi }: PortRange): string {
  return `${lo}-${hi}`;
}

/** Where the ranges come from. */
function ruleNotes(ports: readonly JudgedPorts[]): readonly string[] {
  const rules = new Map(ports.map(({ range, rule }) => [`${rangeText(range)} ${rule}`, { range, rule }]));
  return [...rules.values()].map(({ range, rule }) =>
    rule === undefined
      ? `${rangeText(range)}: what the kernel takes where no rule names ports`
      : `${rangeText(range)}: ${rule}`,
  );
}

/** Where connections of the machine itself take ports of the same range. */
function ownNotes(ports: readonly JudgedPorts[], own: PortRange): readonly string[] {
  const [shared] = ports.filter(({ range }) => range.lo <= own.hi && own.lo <= range.hi);
  if (!shared) return [];
  const number = ports.reduce((sum, one) => sum + one.own, 0);
  const common = Math.min(shared.range.hi, own.hi) - Math.max(shared.range.lo, own.lo) + 1;
  return [
    `connections of the machine itself draw from ${rangeText(own)} (net.ipv4.ip_local_port_range): ${common} of the ports ${rangeText(shared.range)}; ${number} of those above are its own`,
  ];
}

function advice(ports: readonly JudgedPorts[]): readonly string[] {
  const crowded = ports.filter(({ level }) => level !== 'fine');
  const closed = crowded.reduce((sum, one) => sum + one.closed, 0);
  const taken = crowded.reduce((sum, one) => sum + one.taken, 0);
  return [
    `the kernel tries ${mostAttempts} ports of a range at the most, so that new connections are refused before it is full: 1 of 100 at ${percentText(fillOfRefusal(0.01))}, where ports are taken by chance`,
    '→ one more address to translate to gives as many ports again for every destination',
    ...(crowded.some(({ range }) => range.hi - range.lo < 60_000)
      ? ['→ a wider range, up to 1024-65535']
      : []),
    ...(closed > 0 ? [closedAdvice(closed, taken)] : []),
  ];
}

function closedAdvice(closed: number, taken: number): string {
  return `→ ${closed} of the ${taken} are closed (TIME_WAIT, CLOSE): sysctl -w net.netfilter.nf_conntrack_tcp_timeout_time_wait=30 frees their ports sooner. The kernel takes some of them over by itself`;
}

// A screen of live connections as lines: a function of what is known, how the controls are set, and how large it is.
import { endpointsText } from '../conntrack-check/endpoints.ts';
import { stateText } from '../conntrack-check/state.ts';
import type { Paint, Role } from '../text/style.ts';
import { cell, columnsOf, harmless } from './cell.ts';
import type { Controls } from './controls.ts';
import { ageText, gauge, rateText, sparkline } from './figure.ts';
import { helpLines } from './help.ts';
import { shareOut } from './share-out.ts';
import type { Logged, Row, StaleConnection, TableFill, WatchView } from './view.ts';

/** Everything that a screen shows. */
export interface Scene {
  /** What the policy is called. */
  readonly policy: string;
  /** The time of day, in words. */
  readonly time: string;
  /** Milliseconds of the clock that `since` is of. */
  readonly now: number;
  readonly view: WatchView;
  /** Absent where the kernel does not tell. */
  readonly table?: TableFill;
  readonly logged: Logged;
  readonly controls: Controls;
}

/** Columns and lines of a terminal. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A piece of a line, with its look. */
type Piece = string | readonly [Role, string];

/** With less than this nothing can be told. */
const least: Size = { width: 40, height: 12 };

/** As many lines as the terminal has, none wider than it. */
export function drawFrame(scene: Scene, size: Size, paint: Paint): readonly string[] {
  const { width, height } = size;
  if (width < least.width || height < least.height)
    return filled([cell(`at least ${least.width} by ${least.height}`, width)], height);
  const line = (pieces: readonly Piece[]) => lineOf(pieces, width, paint);
  const head = [
    titleLine(scene, width),
    tableLine(scene.table, width),
    rateLine(scene, width),
    fitLine(scene.view),
  ];
  const foot = footLine(scene);
  const body = scene.controls.isHelp
    ? helpLines.map((text): readonly Piece[] => [text])
    : bodyOf(scene, width, height - head.length - 1);
  return [...filled([...head, ...body].map(line), height - 1), line(foot)];
}

/** Exactly so many lines. */
function filled(lines: readonly string[], height: number): readonly string[] {
  return Array.from({ length: height }, (_, at) => lines[at] ?? '');
}

/** The pieces, cut where the line is full. */
function lineOf(pieces: readonly Piece[], width: number, paint: Paint): string {
  let [written, room] = ['', width];
  for (const piece of pieces) {
    const [role, text] = typeof piece === 'string' ? [undefined, piece] : piece;
    const shown = cell(text, Math.min(room, columnsOf(harmless(text))));
    room -= columnsOf(shown);
    written += role === undefined ? shown : paint(role, shown);
  }
  return written;
}

function titleLine({ policy, time, view, controls }: Scene, width: number): readonly Piece[] {
  const right = [controls.isPaused && 'PAUSED', missedText(view), time].filter(Boolean).join('  ');
  const left = `connections held against ${policy}`;
  const room = width - columnsOf(right) - 2;
  return [
    ['strong', cell(left, room)],
    '  ',
    [controls.isPaused || view.missed.times > 0 ? 'bad' : 'dim', right],
  ];
}

function missedText({ missed, broken }: WatchView): string {
  const lost =
    missed.times === 0
      ? ''
      : `events lost ${countText(missed.times)}× (${countText(missed.changes)} changes)`;
  const unread = broken === 0 ? '' : `${countText(broken)} events not read`;
  return [lost, unread].filter(Boolean).join(', ');
}

function tableLine(table: TableFill | undefined, width: number): readonly Piece[] {
  if (!table) return [['dim', 'table     the kernel does not tell how full it is']];
  const { count, max, buckets } = table;
  const share = max === 0 ? 0 : count / max;
  const words = `${countText(count)} of ${countText(max)}, ${percentText(share)}`;
  const chains = `${countText(buckets)} buckets, ${buckets === 0 ? '?' : (count / buckets).toFixed(2)} in each`;
  const { full, empty } = gauge(share, Math.max(8, Math.min(30, width - words.length - chains.length - 14)));
  return [
    'table     ',
    [share > 0.8 ? 'bad' : 'good', full],
    ['dim', empty],
    ` ${words}`,
    ['dim', `  ${chains}`],
  ];
}

function rateLine({ view: { rates, history } }: Scene, width: number): readonly Piece[] {
  const words = `new ${rateText(rates.created)}/s  gone ${rateText(rates.destroyed)}/s  changed ${rateText(rates.updated)}/s  `;
  return ['rates     ', words, ['accent', sparkline(history, Math.min(60, width - words.length - 10))]];
}

function fitLine({ totals }: WatchView): readonly Piece[] {
  const { connections, stale, surviving, depends, drift, pending } = totals;
  const admitted = connections - stale - depends - pending;
  return [
    'fits      ',
    `${countText(admitted)} of ${countText(connections)} admitted  `,
    [
      stale > 0 ? 'bad' : 'dim',
      `${countText(stale)} stale${stale > 0 ? ` (${countText(surviving)} pass)` : ''}  `,
    ],
    [drift > 0 ? 'bad' : 'dim', `${countText(drift)} drift  `],
    ['dim', depends > 0 ? `${countText(depends)} open  ` : ''],
    ['accent', pending > 0 ? `${countText(pending)} to be checked` : ''],
  ];
}

function footLine({ controls }: Scene): readonly Piece[] {
  const { typing, problem, filter, order } = controls;
  if (typing !== undefined)
    return [['accent', 'filter: '], `${typing}▏`, ['dim', '  Enter takes it, Escape leaves it']];
  if (problem !== undefined) return [['bad', problem]];
  const shown = filter === '' ? '' : `  only ${filter}`;
  return [
    ['dim', `q quit  s sort: ${order}  / filter  p pause  ? help`],
    ['accent', shown],
  ];
}

/** A part of the screen: a heading, rows, and what stands in their place where there are none. */
interface Section {
  readonly heading: readonly Piece[];
  readonly rows: readonly (readonly Piece[])[];
  readonly nothing: string;
}

/** Sections share the lines; each has at least a heading and one line. */
function bodyOf(scene: Scene, width: number, height: number): readonly (readonly Piece[])[] {
  const sections = sectionsOf(scene, width);
  const wanted = sections.map(({ rows }) => Math.max(1, rows.length));
  const lines = shareOut(height - sections.length, wanted);
  return sections.flatMap(({ heading, rows, nothing }, at) => {
    const empty: readonly Piece[] = [['dim', `  ${nothing}`]];
    return [heading, ...(rows.length === 0 ? [empty] : rows).slice(0, lines[at] ?? 0)];
  });
}

function sectionsOf({ view, logged, now }: Scene, width: number): readonly Section[] {
  return [
    groupSection('decided today by', view.rules),
    groupSection('begun by', view.talkers),
    {
      heading: [['strong', 'stale, the newest first']],
      rows: view.stale.map((one) => staleRow(one, now, width)),
      nothing: 'none',
    },
    ...loggedSection(logged),
  ];
}

function groupSection(what: string, rows: readonly Row[]): Section {
  return {
    heading: [['strong', `${numbers('connections', 'stale', 'new/s')}  ${what}`]],
    rows: rows.map(groupRow),
    nothing: 'no connections',
  };
}

function groupRow({ name, connections, stale, rate }: Row): readonly Piece[] {
  return [
    cell(countText(connections), 11, 'right'),
    [stale > 0 ? 'bad' : 'dim', cell(countText(stale), 8, 'right')],
    ['dim', cell(rateText(rate), 8, 'right')],
    `  ${name}`,
  ];
}

function numbers(first: string, second: string, third: string): string {
  return `${cell(first, 11, 'right')}${cell(second, 8, 'right')}${cell(third, 8, 'right')}`;
}

/** When it was seen first, the connection, what becomes of its packets, and what decides. */
function staleRow({ checked, rule, since }: StaleConnection, now: number, width: number): readonly Piece[] {
  const { entry, survival } = checked;
  const ends = `${entry.protocolName} ${endpointsText(entry.original)}`;
  return [
    ['dim', cell(ageText(now - since), 5, 'right')],
    `  ${cell(ends, Math.max(38, Math.floor(width * 0.42)))} `,
    ['dim', `${cell(entry.protocolState ?? stateText(entry), 11)} `],
    [survival === 'cut' ? 'bad' : 'accent', cell(survival, 8)],
    rule,
  ];
}

function loggedSection(logged: Logged): readonly Section[] {
  switch (logged.kind) {
    case 'no-rules':
      return [];
    case 'unreadable':
      return [{ heading: [['strong', 'logged by']], rows: [], nothing: `not known: ${logged.reason}` }];
    case 'counted': {
      const rows = logged.rows
        .filter(({ lines }) => lines > 0)
        .toSorted((one, other) => other.lines - one.lines)
        .map(({ name, lines, rate }): readonly Piece[] => [
          cell(countText(lines), 11, 'right'),
          ['dim', cell(rateText(rate), 16, 'right')],
          `  ${name}`,
        ]);
      return [
        {
          heading: [['strong', `${cell('packets', 11, 'right')}${cell('a second', 16, 'right')}  logged by`]],
          rows,
          nothing: 'no packets since the beginning',
        },
      ];
    }
  }
}

function countText(count: number): string {
  return count.toLocaleString('en');
}

function percentText(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 1 ? '<1 %' : `${Math.floor(percent)} %`;
}

// The screen as text: what it shows, that it fits every terminal, and that nothing in it commands one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConntrackLine } from '../../../src/core/conntrack/dump.ts';
import { columnsOf } from '../../../src/core/conntrack-watch/cell.ts';
import { untouched } from '../../../src/core/conntrack-watch/controls.ts';
import { drawFrame, type Scene } from '../../../src/core/conntrack-watch/frame.ts';
import type { WatchView } from '../../../src/core/conntrack-watch/view.ts';
import { plain } from '../../../src/core/text/style.ts';

const empty: WatchView = {
  totals: { connections: 0, stale: 0, surviving: 0, depends: 0, drift: 0, pending: 0 },
  rates: { created: 0, destroyed: 0, updated: 0 },
  history: [],
  rules: [],
  talkers: [],
  stale: [],
  missed: { times: 0, changes: 0 },
  broken: 0,
};

function stale(count: number): WatchView['stale'] {
  const { value } = parseConntrackLine(
    'tcp 6 300 ESTABLISHED src=10.0.0.7 dst=198.51.100.4 sport=40000 dport=22 src=198.51.100.4 dst=10.0.0.7 sport=22 dport=40000 mark=0 use=1',
  );
  if (!value) throw new Error('no entry');
  const checked = {
    entry: value,
    admission: 'stale',
    survival: 'cut',
    fate: 'dropped',
    translation: { verdict: 'unknown' },
  } as const;
  return Array.from({ length: count }, (_, at) => ({
    checked,
    rule: 'the policy of inet filter forward',
    since: 1000 * at,
  }));
}

const busy: Scene = {
  policy: 'gateway.hook',
  time: '05:12:07',
  now: 60_000,
  view: {
    ...empty,
    totals: { connections: 12_345, stale: 30, surviving: 4, depends: 2, drift: 1, pending: 0 },
    rates: { created: 120.4, destroyed: 0.5, updated: 2000 },
    history: [0, 30, 60, 120],
    rules: [
      {
        name: 'rule 2 of inet filter outbound (gateway.hook:30): accept',
        connections: 12_315,
        stale: 0,
        rate: 120,
      },
      { name: 'the policy of inet filter forward', connections: 30, stale: 30, rate: 0.4 },
    ],
    talkers: Array.from({ length: 30 }, (_, at) => ({
      name: `10.0.0.${at}`,
      connections: 400 - at,
      stale: at,
      rate: at,
    })),
    stale: stale(30),
  },
  table: { count: 12_345, max: 65_536, buckets: 16_384 },
  logged: { kind: 'counted', rows: [{ name: 'rule 9 of inet filter input', lines: 12, rate: 0.5 }] },
  controls: untouched,
};

const at80 = { width: 80, height: 24 };

test('is one screen of 80 by 24', () => {
  expect(
    `\n${drawFrame(busy, at80, plain)
      .map((line) => line.trimEnd())
      .join('\n')}\n`,
  ).toBe(`
connections held against gateway.hook                                   05:12:07
table     ███░░░░░░░░░░░░░ 12,345 of 65,536, 18 %  16,384 buckets, 0.75 in each
rates     new 120/s  gone 0.5/s  changed 2,000/s  ▁▃▅█
fits      12,313 of 12,345 admitted  30 stale (4 pass)  1 drift  2 open
connections   stale   new/s  decided today by
     12,315       0     120  rule 2 of inet filter outbound (gateway.hook:30): …
         30      30     0.4  the policy of inet filter forward
connections   stale   new/s  begun by
        400       0       0  10.0.0.0
        399       1     1.0  10.0.0.1
        398       2     2.0  10.0.0.2
        397       3     3.0  10.0.0.3
        396       4     4.0  10.0.0.4
        395       5     5.0  10.0.0.5
stale, the newest first
  60s  tcp 10.0.0.7:40000 -> 198.51.100.4:22  ESTABLISHED cut     the policy of…
  59s  tcp 10.0.0.7:40000 -> 198.51.100.4:22  ESTABLISHED cut     the policy of…
  58s  tcp 10.0.0.7:40000 -> 198.51.100.4:22  ESTABLISHED cut     the policy of…
  57s  tcp 10.0.0.7:40000 -> 198.51.100.4:22  ESTABLISHED cut     the policy of…
  56s  tcp 10.0.0.7:40000 -> 198.51.100.4:22  ESTABLISHED cut     the policy of…
  55s  tcp 10.0.0.7:40000 -> 198.51.100.4:22  ESTABLISHED cut     the policy of…
    packets        a second  logged by
         12             0.5  rule 9 of inet filter input
q quit  s sort: connections  / filter  p pause  ? help
`);
});

test('says what there is not', () => {
  const scene: Scene = {
    ...busy,
    view: empty,
    logged: { kind: 'unreadable', reason: '`dmesg` was not permitted' },
  };
  const { table: _, ...unknown } = scene;
  const text = drawFrame(unknown, at80, plain).join('\n');
  expect(text).toContain('the kernel does not tell how full it is');
  expect(text).toContain('no connections');
  expect(text).toContain('not known: `dmesg` was not permitted');
  expect(drawFrame({ ...scene, logged: { kind: 'no-rules' } }, at80, plain).join('\n')).not.toContain(
    'logged',
  );
});

test('says that events were lost, and that it stands still', () => {
  const view = { ...empty, missed: { times: 2, changes: 1234 }, broken: 1 };
  const [title] = drawFrame(
    { ...busy, view, controls: { ...untouched, isPaused: true } },
    { width: 120, height: 24 },
    plain,
  );
  expect(title).toMatch(/PAUSED {2}events lost 2× \(1,234 changes\), 1 events not read {2}05:12:07$/);
});

function last(controls: Scene['controls']): string | undefined {
  return drawFrame({ ...busy, controls }, at80, plain).at(-1);
}

test('shows a filter while it is written, and what is wrong with it', () => {
  expect(last({ ...untouched, typing: '-p tc' })).toMatch(/^filter: -p tc▏/);
  expect(last({ ...untouched, problem: 'no such option' })).toBe('no such option');
  expect(last({ ...untouched, filter: '-p tcp' })).toMatch(/only -p tcp$/);
});

test('fits every terminal, and shows no name as a command', () => {
  const name = fc.string({ unit: 'binary', maxLength: 60 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 250 }),
      fc.integer({ min: 1, max: 80 }),
      name,
      fc.boolean(),
      (width, height, words, isHelp) => {
        const row = { name: words, connections: 1e9, stale: 1e9, rate: 1e6 };
        const view = { ...busy.view, rules: [row, row], talkers: [row] };
        const scene = { ...busy, policy: words, view, controls: { ...untouched, filter: words, isHelp } };
        const lines = drawFrame(scene, { width, height }, plain);
        expect(lines).toHaveLength(height);
        for (const line of lines) {
          expect(columnsOf(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/\p{Cc}/u);
        }
      },
    ),
  );
});

// Events, saved lines, expectations of /proc, and input that is none of them.
import { describe, expect, test } from 'vitest';
import { readConntrack } from '../../../src/core/conntrack/dump.ts';
import type { DumpItem } from '../../../src/core/conntrack/dumped.ts';
import { formatEntry, formatTuple } from '../../../src/core/conntrack/format.ts';

function read(...lines: readonly string[]): readonly DumpItem[] {
  return [...readConntrack(lines)];
}

/** An item in a word or two, with its line. */
function briefly(item: DumpItem): string {
  switch (item.kind) {
    case 'entry':
      return `entry ${item.entry.line}: ${formatEntry(item.entry)}`;
    case 'event':
      return `${item.event.type} ${item.event.line} ${item.event.of.kind}`;
    case 'broken':
      return item.diagnostic.message;
    case 'summary':
      return `summary ${item.shown}`;
    case 'expectation':
    case 'announced':
      return `${item.kind} ${item.expectation.line}: ${formatTuple(item.expectation.tuple)}`;
  }
}

const entry =
  'udp      17 29 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1';

describe('an event', () => {
  test('has its kind, its time, the program that caused it, and the connection', () => {
    const [item] = read(
      `[1700000000.000123]\t [UPDATE] ipv4     2 ${entry} id=7 [USERSPACE] portid=31 progname=my prog`,
    );
    expect(item).toMatchObject({
      kind: 'event',
      event: {
        line: 1,
        type: 'update',
        time: 1_700_000_000.000123,
        userspace: { portId: 31, program: 'my prog' },
        of: { kind: 'entry', entry: { timeout: 29, id: 7, flags: ['UNREPLIED'], markUntold: true } },
      },
    });
  });

  test.each([
    [`    [NEW] ${entry} mark=0`, 'new 1 entry'],
    [
      `[DESTROY] ${entry} mark=0 [start=Fri Nov 21 03:08:55 2025] [stop=Fri Nov 21 03:09:55 2025]`,
      'destroy 1 entry',
    ],
    [
      '[1700000000.5     ]\t    [NEW] 300 proto=6 src=10.0.0.2 dst=10.0.0.1 sport=0 dport=4000 mask-src=255.255.255.255 mask-dst=255.255.255.255 sport=0 dport=65535 master-src=10.0.0.2 master-dst=10.0.0.1 sport=9 dport=21 class=0 helper=ftp',
      'new 1 expectation',
    ],
    ['-U -t 29 -u UNSET -w 3 -s 10.0.0.1 -d 10.0.0.2 -r 10.0.0.2 -q 10.0.0.1 -p 50', 'update 1 entry'],
    [
      '-A -t 29 -u UNSET -s 10.0.0.1 -d 10.0.0.2 -r 10.0.0.2 -q 10.0.0.1 -p 50 [USERSPACE] portid=3',
      'new 1 entry',
    ],
    ['[NEW] nonsense', 'line 1 is no conntrack entry: it does not begin with a protocol and its number'],
  ])('%s', (text, expected) => {
    expect(read(text).map(briefly)).toEqual([expected]);
  });

  test('says microseconds that are not padded', () => {
    const [item] = read(`[1700000000.5     ]\t    [NEW] ${entry}`);
    expect(item?.kind === 'event' && item.event.time).toBe(1_700_000_000.000005);
  });
});

describe('a saved line', () => {
  const saved =
    '-A -t 50 -u SEEN_REPLY,ASSURED -w 3 -s 10.0.0.1 -d 10.0.0.2 -g 10.0.0.9 -q 10.0.0.1 -p tcp --sport 10 --dport 20 --reply-port-src 80 --reply-port-dst 10 --state ESTABLISHED';

  test('is the connection that it makes', () => {
    expect(read(saved).map(briefly)).toEqual([
      'entry 1: tcp      6 50 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=10 dport=20 src=10.0.0.9 dst=10.0.0.1 sport=80 dport=10 [ASSURED] mark=0 zone=3 use=1',
    ]);
    expect(read('# made by hand', `conntrack ${saved}`).map(briefly)).toHaveLength(1);
  });

  test.each([
    ['-A -s 10.0.0.1 -p tcp', 'a tuple is not complete'],
    ['-A -s 10.0.0.1 -d 10.0.0.2 -p tcp --sport x', '`x` is no number'],
    ['-D -F', '`-F` is a second action'],
  ])('%s is refused', (text, problem) => {
    expect(read(text).map(briefly)).toEqual([`line 1 is no conntrack entry: ${problem}`]);
  });
});

describe('/proc/net/nf_conntrack_expect', () => {
  const line = '299 l3proto = 2 proto=6 src=10.0.0.2 dst=10.0.0.1 sport=0 dport=40000 ';

  test.each([
    [`${line}ftp`, { timeout: 299, helper: 'ftp', permanent: false, isActive: true }],
    [
      `${line}PERMANENT,INACTIVE sip/signalling`,
      { helper: 'sip', policy: 'signalling', permanent: true, isActive: false },
    ],
    [line, { timeout: 299, tuple: { layer4: { dport: 40_000 } } }],
    [line.replace('299', '-'), { permanent: false }],
  ])('%s', (text, expected) => {
    expect(read(text)).toMatchObject([{ kind: 'announced', expectation: { line: 1, ...expected } }]);
  });

  test('a line without its tuple is refused', () => {
    expect(read('299 l3proto = 2 proto=6 ftp').map(briefly)).toEqual([
      'line 1 is no conntrack entry: it does not have the tuple of an expectation',
    ]);
  });
});

/** One direction of a connection of SCTP. */
function half(name: string, ends: string, ports: string): string {
  return `<meta direction="${name}"><layer3 protonum="2" protoname="ipv4">${ends}</layer3><layer4 protonum="132" protoname="sctp">${ports}</layer4></meta>`;
}

/** A flow with both directions and what is said of it as a whole. */
function flow(about: string, attributes = ''): string {
  const original = half(
    'original',
    '<src>10.0.0.1</src><dst>10.0.0.2</dst>',
    '<sport>1</sport><dport>2</dport>',
  );
  const reply = half('reply', '<src>10.0.0.2</src><dst>10.0.0.1</dst>', '<sport>2</sport><dport>1</dport>');
  return `<flow${attributes}>${original}${reply}<meta direction="independent">${about}</meta><helper>a&amp;b</helper></flow>`;
}

describe('XML', () => {
  const about =
    '<state>FIN_WAIT</state><timeout>9</timeout><labels><label>web</label><label>mail</label></labels><secctx>x</secctx><use>1</use><assured/><timestamp><start>1500000000</start></timestamp>';

  test('tells the state of SCTP, labels, helper and times', () => {
    const [item] = read(flow(about));
    expect(item).toMatchObject({
      kind: 'entry',
      entry: { protocolState: 'ESTABLISHED', labels: 'web,mail', secctx: 'x', helper: 'a&b', startedAt: 1.5 },
    });
  });

  test('may stand on any lines, and a broken flow costs only itself', () => {
    const lines = [
      '<?xml version="1.0" encoding="utf-8"?>',
      `<conntrack>${flow(about).slice(0, 300)}`,
      flow(about).replace(/></g, '>\n<'),
      `${flow('<mark>x</mark>')}${flow(about)} [USERSPACE] portid=7`,
      flow('<timeout>9</wrong>'),
      flow(about, ' type="destroy"'),
      flow(about).slice(0, 200),
    ].flatMap((text) => text.split('\n'));
    expect(read(...lines).map((item) => briefly(item).replace(/: sctp.*/, ''))).toEqual([
      'line 2 is no conntrack entry: the flow does not end',
      'entry 3',
      `line ${lines.length - 3} is no conntrack entry: \`mark=x\` has no number`,
      `entry ${lines.length - 3}`,
      expect.stringContaining(`line ${lines.length - 2} is no conntrack entry: the flow is no XML`),
      `destroy ${lines.length - 1} entry`,
      `line ${lines.length} is no conntrack entry: the flow does not end`,
    ]);
  });

  test('that never ends is given up, and what follows is read', () => {
    const items = read('<flow>', ...Array.from({ length: 200 }, () => 'x'.repeat(1000)), entry);
    expect(items.filter(({ kind }) => kind === 'entry')).toHaveLength(1);
    expect(items.slice(0, 1).map(briefly)).toEqual([
      'line 1 is no conntrack entry: the flow is longer than 64 KiB',
    ]);
  });
});

test.each([
  ['a long line', 'x'.repeat(1_000_000)],
  ['NUL', `${entry}\0\0`],
  ['only NUL', '\0'.repeat(1000)],
  ['half a line', entry.slice(0, 60)],
  ['half a surrogate', '\ud800'],
  ['brackets', '['.repeat(100_000)],
  ['many tuples', 'src=1.1.1.1 '.repeat(50_000)],
  ['blanks', ' '.repeat(1_000_000)],
  ['equal signs', `tcp 6 ${'='.repeat(100_000)}`],
  ['a saved line without end', `-A ${'-s '.repeat(100_000)}`],
  ['tags', '<flow '.repeat(20_000)],
])('%s is read or refused, and the next line is read', (_, text) => {
  const items = read(text, entry);
  expect(items.at(-1)?.kind).toBe('entry');
});

import { describe, expect, test } from 'vitest';
import { parseConntrackLine, readConntrack, streamConntrack } from '../../../src/core/conntrack/dump.ts';
import type { DumpedEntry, DumpItem } from '../../../src/core/conntrack/dumped.ts';
import { hasStatus } from '../../../src/core/conntrack/entry.ts';
import { formatEntry } from '../../../src/core/conntrack/format.ts';
import { hasCases, lacksCases, readCases } from '../../conformance/cases.ts';
import { formsCase } from '../../conformance/conntrack-formats.ts';
import { ip } from './support/packets.ts';

function read(text: string): DumpedEntry {
  const { value, diagnostics } = parseConntrackLine(text);
  if (!value) throw new Error(diagnostics[0]?.message);
  return value;
}

function problemOf(text: string): string | undefined {
  return parseConntrackLine(text, { line: 7 }).diagnostics[0]?.message;
}

const tuples = 'src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1';

describe('a line', () => {
  test('with everything that conntrack may print', () => {
    const entry = read(
      'ipv4     2 tcp      6 431999 ESTABLISHED src=192.168.1.5 dst=198.51.100.7 sport=40000 dport=443 ' +
        'packets=10 bytes=840 src=198.51.100.7 dst=203.0.113.1 sport=443 dport=40001 packets=9 bytes=12000 ' +
        '[ASSURED] mark=66 secctx=system_u:object_r:unlabeled_t:s0 zone=3 delta-time=75 ' +
        '[start=Fri Nov 21 03:08:55 2025] helper=ftp use=2 id=3443195956 labels=eth0-in,web',
    );
    expect(entry).toMatchObject({
      protocolName: 'tcp',
      protocolState: 'ESTABLISHED',
      timeout: 431_999,
      original: { family: 4, protocol: 6, source: ip('192.168.1.5'), layer4: { sport: 40_000, dport: 443 } },
      reply: { destination: ip('203.0.113.1'), layer4: { sport: 443, dport: 40_001 } },
      counters: { original: { packets: 10, bytes: 840 }, reply: { packets: 9, bytes: 12_000 } },
      flags: ['ASSURED'],
      mark: 66,
      zone: { original: 3, reply: 3 },
      age: 75,
      started: 'Fri Nov 21 03:08:55 2025',
      helper: 'ftp',
      secctx: 'system_u:object_r:unlabeled_t:s0',
      labels: 'eth0-in,web',
      use: 2,
      id: 3_443_195_956,
    });
    const bits = ['snat', 'assured', 'seen-reply', 'confirmed'] as const;
    expect(bits.every((bit) => hasStatus(entry, bit))).toBe(true);
    expect(hasStatus(entry, 'dnat')).toBe(false);
  });

  test('of an offloaded connection has neither timeout nor state', () => {
    const entry = read(`ipv4     2 tcp      6 ${tuples} [OFFLOAD] mark=0 zone=0 use=2`);
    expect([entry.timeout, entry.protocolState, entry.flags]).toEqual([undefined, undefined, ['OFFLOAD']]);
    expect(read(`tcp 6 ${tuples} [HW_OFFLOAD] mark=0 use=2`).flags).toEqual(['HW_OFFLOAD']);
  });

  test.each([
    ['src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1', []],
    ['src=10.0.0.9 dst=10.0.0.1 sport=2 dport=1', ['dnat']],
    ['src=10.0.0.2 dst=10.0.0.1 sport=80 dport=1', ['dnat']],
    ['src=10.0.0.2 dst=10.0.0.9 sport=2 dport=1', ['snat']],
    ['src=10.0.0.2 dst=10.0.0.1 sport=2 dport=9', ['snat']],
    ['src=10.0.0.9 dst=10.0.0.8 sport=2 dport=1', ['snat', 'dnat']],
  ])('answered by %s was translated by %j', (reply, bits) => {
    const entry = read(
      `udp 17 29 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 [UNREPLIED] ${reply} mark=0 use=1`,
    );
    expect((['snat', 'dnat'] as const).filter((bit) => hasStatus(entry, bit))).toEqual(bits);
    expect(hasStatus(entry, 'seen-reply')).toBe(false);
  });

  test('of a masqueraded ping has another identifier and another one for the entry', () => {
    const ping =
      'icmp 1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=7 src=10.0.0.2 dst=10.9.9.9 type=0 code=0 id=8 mark=0 use=1 id=99';
    const entry = read(ping);
    expect([entry.original.layer4, entry.reply.layer4, entry.id]).toEqual([
      { kind: 'icmp', type: 8, code: 0, id: 7 },
      { kind: 'icmp', type: 0, code: 0, id: 8 },
      99,
    ]);
    expect([hasStatus(entry, 'snat'), hasStatus(entry, 'dnat')]).toEqual([true, false]);
  });

  test.each([
    ['', 'it does not begin with a protocol and its number'],
    ['hello world', 'it does not begin with a protocol and its number'],
    ['tcp 6 10 ESTABLISHED WHAT src=1.1.1.1', 'it does not begin with a protocol and its number'],
    ['udp 17 29 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2', 'it has 1 tuples and not two'],
    [`udp 17 29 ${tuples} src=1.1.1.1`, 'it has 3 tuples and not two'],
    [`udp 17 29 ${tuples} what`, '`what` does not belong there'],
    [`udp 17 29 ${tuples} [ASSURED`, '`[ASSURED` does not belong there'],
    [`udp 17 29 ${tuples} mark=0x1`, '`mark=0x1` has no number'],
    [`udp 17 29 ${tuples} mark=`, '`mark=` has no number'],
    ['udp 17 29 src=10.0.0.256 dst=10.0.0.2', '`src=10.0.0.256` has no address'],
    ['udp 17 29 src=10.0.0 dst=10.0.0.2', '`src=10.0.0` has no address'],
    ['udp 17 29 src=10.0.0.1.1 dst=10.0.0.2', '`src=10.0.0.1.1` has no address'],
    ['gre 47 29 src=10.0.0.1 dst=10.0.0.2 srckey=1', '`srckey=1` has no key'],
    [
      'udp 17 29 src=10.0.0.1 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1',
      'a tuple is not complete',
    ],
    [
      'udp 17 29 src=10.0.0.1 dst=10.0.0.2 sport=1 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1',
      'a tuple is not complete',
    ],
  ])('%j is refused', (text, problem) => {
    expect(problemOf(text)).toBe(`line 7 is no conntrack entry: ${problem}`);
  });

  test('carries the span that it was given', () => {
    const span = { source: { name: 'dump', text: 'x' }, start: 0, end: 1 };
    expect(parseConntrackLine('x', { span }).diagnostics[0]).toMatchObject({ code: 'HK7001', span });
  });
});

function briefly(item: DumpItem): string {
  if (item.kind === 'entry') return `entry ${item.entry.line}`;
  return item.kind === 'summary' ? `summary ${item.shown}` : item.kind;
}

async function* streamOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

describe('a listing', () => {
  const lines = [
    `udp      17 29 ${tuples} mark=0 use=1`,
    '',
    'garbage',
    `udp      17 28 ${tuples} mark=0 use=1\r`,
    'conntrack v1.4.7 (conntrack-tools): 2 flow entries have been shown.',
  ];
  const expected = ['entry 1', 'broken', 'entry 4', 'summary 2'];

  test('skips what it cannot read and knows the last line', () => {
    expect([...readConntrack(lines)].map(briefly)).toEqual(expected);
  });

  test('comes as a stream, too', async () => {
    const items: string[] = [];
    for await (const item of streamConntrack(streamOf(lines))) items.push(briefly(item));
    expect(items).toEqual(expected);
  });
});

const conformance = 'conntrack-formats.jsonl';

describe.skipIf(lacksCases(conformance))('all forms of one connection', () => {
  const cases = hasCases(conformance) ? readCases(conformance, formsCase) : [];

  test.each(cases.map((one) => [one.default.trim(), one] as const))('%s', (_, forms) => {
    const [plain, ...others] = [forms.default, forms.extended, forms.id, forms.ktimestamp, forms.proc].map(
      (text) => {
        const { original, reply, status, timeout, mark, zone, protocolState } = read(text);
        return { original, reply, status, timeout, mark, zone, protocolState };
      },
    );
    for (const other of others) expect(other).toEqual(plain);
  });

  test.each(cases.map((one) => one.default.trimEnd()))('%s is written as it was read', (line) => {
    const ports = line.startsWith('dccp') ? / sport=0 dport=0/g : /$^/;
    expect(formatEntry(read(line))).toBe(line.replace(ports, ''));
  });
});

test('nothing tells whether a connection was expected', () => {
  expect(hasStatus(read(`udp 17 9 ${tuples} mark=0 use=1`), 'expected')).toBe(false);
});

// Counters, pressure, composition and load: what numbers are taken to mean.
import { describe, expect, test } from 'vitest';
import { parseConntrackLine } from '../../../src/core/conntrack/dump.ts';
import type { DumpedEntry } from '../../../src/core/conntrack/dumped.ts';
import { readStatistics, type Statistics } from '../../../src/core/conntrack/statistics.ts';
import { defaultTimeouts } from '../../../src/core/conntrack/timeouts.ts';
import { compositionBuilder } from '../../../src/core/conntrack-stats/composition.ts';
import { countedSince, dropCauses, judgeCounters } from '../../../src/core/conntrack-stats/counters.ts';
import { tableFacts } from '../../../src/core/conntrack-stats/facts.ts';
import { kindsOf, sizeAt, staysOf } from '../../../src/core/conntrack-stats/load.ts';
import { expectedLongest, poissonTail } from '../../../src/core/conntrack-stats/poisson.ts';
import { pressureOf, roomyBuckets, roomyMaximum } from '../../../src/core/conntrack-stats/pressure.ts';

const facts = { timeouts: defaultTimeouts };

function statistics(...lines: readonly string[]): Statistics {
  const { value } = readStatistics(lines.map((line, cpu) => `cpu=${cpu} ${line}`).join('\n'));
  if (!value) throw new Error('no counters');
  return value;
}

function entryOf(line: string, more: Partial<DumpedEntry> = {}): DumpedEntry {
  const { value } = parseConntrackLine(line);
  if (!value) throw new Error(`no entry: ${line}`);
  return { ...value, ...more };
}

function tcp(state: string, timeout: number): DumpedEntry {
  return entryOf(
    `tcp 6 ${timeout} ${state} src=10.0.0.5 dst=10.1.0.7 sport=1 dport=2 src=10.1.0.7 dst=10.0.0.5 sport=2 dport=1 [ASSURED] use=1`,
  );
}

function udp(age: number): DumpedEntry {
  return entryOf(
    'udp 17 9 src=10.0.0.5 dst=10.1.0.7 sport=1 dport=2 [UNREPLIED] src=10.1.0.7 dst=10.0.0.5 sport=2 dport=1 use=1',
    { age },
  );
}

function levelOf(
  name: string,
  total: number,
  { before, uptime }: { readonly before?: number; readonly uptime?: number } = {},
): string | undefined {
  const reading = {
    now: statistics(`${name}=${total}`),
    ...(before !== undefined && { before: { statistics: statistics(`${name}=${before}`), interval: 10 } }),
  };
  const [one] = judgeCounters(reading, { ...facts, ...(uptime !== undefined && { uptime }) });
  return one?.level;
}

describe('counters', () => {
  test.each([
    ['drop', 0, {}, 'fine'],
    ['drop', 5, {}, 'unknown'],
    ['drop', 5, { uptime: 1000 }, 'watch'],
    ['drop', 5, { before: 5 }, 'fine'],
    ['drop', 5, { before: 4 }, 'bad'],
    ['invalid', 50, { before: 0 }, 'fine'],
    ['invalid', 500, { before: 0 }, 'watch'],
    ['invalid', 500, { uptime: 1000 }, 'fine'],
    ['clash_resolve', 500, { before: 0 }, 'fine'],
    ['insert', 1e6, { before: 0 }, 'fine'],
  ])('%s %d %j is %s', (name, total, options, level) => {
    expect(levelOf(name, total, options)).toBe(level);
  });

  test('begin again at 0 behind 2^32, for each processor', () => {
    const before = statistics('found=4294967290', 'found=7');
    const now = statistics('found=4', 'found=9');
    expect(countedSince(before, now)('found')).toBe(12);
  });

  test('tell what lay behind drops', () => {
    const counts: Record<string, number> = { drop: 90, insert_failed: 30, chaintoolong: 3 };
    expect(dropCauses((name) => counts[name])).toEqual({ full: 63, taken: 27, chain: 3 });
    expect(dropCauses(() => undefined)).toBeUndefined();
  });
});

describe('pressure', () => {
  test.each([
    [10, 100, 'fine'],
    [75, 100, 'watch'],
    [95, 100, 'bad'],
  ])('%d of %d', (count, max, level) => {
    expect(pressureOf({ ...facts, count, max })?.level).toBe(level);
  });

  test('is not known without the number of connections', () => {
    expect(pressureOf({ ...facts, max: 100 })).toBeUndefined();
    expect(pressureOf({ ...facts, count: 5 })?.level).toBe('unknown');
  });

  test('chains: each connection stands in two', () => {
    const pressure = pressureOf({ ...facts, count: 1000, max: 1e6, buckets: 1000 }, 100);
    expect(pressure).toMatchObject({ meanChain: 2, longestChain: 8 });
    expect(pressure?.noRoom).toBeCloseTo(Math.exp(-1.6), 10);
    expect(pressure?.chainRefusal).toBeLessThan(1e-30);
    expect(pressureOf({ ...facts, count: 40_000, buckets: 1000 })?.chainRefusal).toBeGreaterThan(0.9);
  });

  test('what fits is a power of two with room to spare', () => {
    expect(roomyMaximum({ ...facts, count: 64_101, max: 65_536 })).toBe(131_072);
    expect(roomyBuckets({ ...facts, max: 65_536, buckets: 16_384 })).toBe(65_536);
  });

  test('the tail of Poisson', () => {
    expect(poissonTail(2, 0)).toBe(1);
    expect(poissonTail(2, 1)).toBeCloseTo(1 - Math.exp(-2), 12);
    expect(poissonTail(2, 3)).toBeCloseTo(1 - 5 * Math.exp(-2), 12);
    expect(poissonTail(50, 40)).toBeCloseTo(0.9354, 4);
    expect(expectedLongest(0, 1000)).toBe(0);
  });
});

test('facts are sysctls', () => {
  const sysctls: Record<string, string> = {
    'net.nf_conntrack_max': '1000',
    'net.netfilter.nf_conntrack_count': '7',
    'net.netfilter.nf_conntrack_udp_timeout': '5',
    'net.ipv4.ip_local_port_range': '32768\t60999',
  };
  expect(tableFacts((name) => sysctls[name])).toEqual({
    count: 7,
    max: 1000,
    ownPorts: { lo: 32_768, hi: 60_999 },
    timeouts: { ...defaultTimeouts, udp: 5 },
  });
});

describe('what fills a table', () => {
  test('states, with their timeouts, and what shorter ones would have freed', () => {
    const builder = compositionBuilder(defaultTimeouts);
    for (const left of [431_000, 420_000, 400_000, 200]) builder.add(tcp('ESTABLISHED', left));
    builder.add(tcp('TIME_WAIT', 100));
    builder.add(udp(3));
    const { total, evictable, states, freed, arrivals } = builder.composition();
    expect({ total, evictable, arrivals }).toEqual({ total: 6, evictable: 1, arrivals: undefined });
    expect(states[0]).toEqual({
      protocol: 'tcp',
      state: 'ESTABLISHED',
      count: 4,
      sysctl: 'tcp_timeout_established',
      seconds: 432_000,
    });
    expect(freed.map(({ sysctl, connections }) => [sysctl, connections])).toEqual([
      ['tcp_timeout_established', 2],
      ['udp_timeout', 1],
    ]);
  });

  test('what comes in a second, by ages, times how long it stays, is how much there is', () => {
    const builder = compositionBuilder(defaultTimeouts);
    for (const age of [1, 5, 9, 20, 25]) builder.add(udp(age));
    const composition = builder.composition();
    const arrivals = composition.arrivals ?? new Map();
    expect(arrivals).toEqual(new Map([['udp', 0.3]]));
    expect(staysOf(composition, arrivals)).toMatchObject([{ protocol: 'udp', connections: 5 }]);
    expect(sizeAt(3, 5, 0.3)).toBeCloseTo(50, 10);
    expect(sizeAt(3, 5, 0)).toBeUndefined();
  });

  test('a kind alone', () => {
    expect(kindsOf(defaultTimeouts, 12_000, 50)[0]).toMatchObject({
      seconds: 120,
      atRate: 6000,
      fillsAt: 100,
    });
  });
});

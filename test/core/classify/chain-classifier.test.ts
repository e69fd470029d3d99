import { describe, expect, test } from 'vitest';
import { createClassifier } from '../../../src/core/classify/chain/chain-classifier.ts';
import { type ChainName, type Classified, traceChain } from '../../../src/core/classify/chain/chain-trace.ts';
import { type Arrival, packetColumns } from '../../../src/core/classify/chain/columns.ts';
import { writeRow } from '../../../src/core/classify/chain/row.ts';
import { chainVerdicts } from '../../../src/core/classify/chain/verdicts.ts';
import type { RuleSet } from '../../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../../src/core/load.ts';
import type { Packet } from '../../../src/core/packet/packet.ts';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';

const name: ChainName = { family: 'inet', table: 't', chain: 'c' };

function ruleSetOf(rules: string, beside = ''): RuleSet {
  const text = `table inet t {\n${beside}\nchain c hook forward priority filter policy drop {\n${rules}\n}\n}\n`;
  const { value, diagnostics } = loadPolicy({ name: 't.hook', text }, 'hook');
  if (!value) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value.ruleSet;
}

function arrivalOf(text: string): Arrival {
  const injection = parsePacketSpec({ name: 'packet', text }).value;
  if (!injection) throw new Error(text);
  const { packet, iif, mark, state } = injection;
  const unknown = { unknown: 'nobody said' };
  return {
    packet,
    ...(iif !== undefined && { iif }),
    oif: 'wan0',
    ...(mark !== undefined && { mark }),
    ...(state && { ct: { state, direction: unknown, entry: state === 'invalid' ? undefined : unknown } }),
  };
}

function shown({ verdict, deciding }: Classified): string {
  if (!deciding) return verdict;
  const place = deciding.by === 'rule' ? `rule ${deciding.index}` : 'policy';
  return `${verdict} by ${place} of ${deciding.chain}`;
}

/** Rules, further chains and sets, and packets with what becomes of them without any trace. */
const cases: readonly (readonly [string, string, string, Readonly<Record<string, string>>])[] = [
  [
    'jumps lead back, gotos further back, and so does return',
    `tcp dport 1000-2000 jump one
     tcp dport 1500 accept
     tcp dport 1600 goto two
     tcp dport 1600 accept`,
    `chain two { tcp sport 9 accept }
     chain one { tcp dport 1100 return; tcp dport 1100-1200 drop; tcp dport 1600 goto two; tcp dport 1700 accept }`,
    {
      'in lan0 tcp 10.0.0.1:5 -> 10.0.0.2:1100': 'drop by policy of c',
      'in lan0 tcp 10.0.0.1:5 -> 10.0.0.2:1101': 'drop by rule 2 of one',
      'in lan0 tcp 10.0.0.1:5 -> 10.0.0.2:1500': 'accept by rule 2 of c',
      'in lan0 tcp 10.0.0.1:9 -> 10.0.0.2:1600': 'accept by rule 1 of two',
      'in lan0 tcp 10.0.0.1:5 -> 10.0.0.2:1600': 'drop by policy of c',
      'in lan0 tcp 10.0.0.1:5 -> 10.0.0.2:1700': 'accept by rule 4 of one',
    },
  ],
  [
    'maps give verdicts, lead on, or fail',
    `tcp dport vmap { 22 : accept, 80 : jump web, 1000-2000 : continue } drop
     ip saddr . udp dport vmap { 10.0.0.1 . 53 : accept, 10.0.0.0-10.0.0.9 . 54 : drop }
     meta l4proto { tcp, udp } accept`,
    'chain web { ip saddr 10.0.0.1 accept }',
    {
      'in lan0 tcp 10.0.0.1:5 -> 10.0.0.2:22': 'accept by rule 1 of c',
      'in lan0 tcp 10.0.0.1:5 -> 10.0.0.2:80': 'accept by rule 1 of web',
      'in lan0 tcp 10.0.0.3:5 -> 10.0.0.2:80': 'accept by rule 3 of c',
      'in lan0 tcp 10.0.0.1:5 -> 10.0.0.2:1000': 'drop by rule 1 of c',
      'in lan0 tcp 10.0.0.1:5 -> 10.0.0.2:23': 'accept by rule 3 of c',
      'in lan0 udp 10.0.0.1:5 -> 10.0.0.2:53': 'accept by rule 2 of c',
      'in lan0 udp 10.0.0.9:5 -> 10.0.0.2:54': 'drop by rule 2 of c',
      'in lan0 udp 10.0.0.10:5 -> 10.0.0.2:54': 'accept by rule 3 of c',
    },
  ],
  [
    'sets, negation, and headers that a packet has not',
    `tcp dport != 22 ip saddr != { 10.0.0.1, 10.0.1.0/24 } accept
     udp dport != @doors accept
     ip6 saddr != 2001:db8::/32 drop
     icmp type != echo-request accept
     ip daddr . tcp dport != { 10.0.0.2 . 22 } accept`,
    'set doors : port = { 53, 1000-2000 }',
    {
      'in lan0 tcp 10.0.0.2:5 -> 10.0.0.2:80': 'accept by rule 1 of c',
      'in lan0 tcp 10.0.1.255:5 -> 10.0.0.2:80': 'accept by rule 6 of c',
      'in lan0 tcp 10.0.2.0:5 -> 10.0.0.2:22': 'drop by policy of c',
      'in lan0 udp 10.0.0.1:5 -> 10.0.0.2:999': 'accept by rule 2 of c',
      'in lan0 udp 10.0.0.1:5 -> 10.0.0.2:2000': 'drop by policy of c',
      'in lan0 udp [2001:db9::1]:5 -> [2001:db8::1]:53': 'drop by rule 3 of c',
      'in lan0 udp [2001:db8:ffff::1]:5 -> [2001:db8::1]:53': 'drop by policy of c',
      'in lan0 icmp 10.0.0.1 -> 10.0.0.2 echo-reply': 'accept by rule 4 of c',
      'in lan0 icmp 10.0.0.1 -> 10.0.0.2 echo-request': 'drop by policy of c',
    },
  ],
  [
    'interfaces by pattern, marks by bits, states',
    `ct state { established, related } accept
     iif "eth*" meta mark & 0x3 == 0x2 accept
     iif != "eth*" meta mark 0x10-0x20 drop
     meta mark & 0xf0 == 0x10 ct state new accept`,
    '',
    {
      'in eth0 tcp 10.0.0.1:5 -> 10.0.0.2:80 mark 0x6 state new': 'accept by rule 2 of c',
      'in wan1 tcp 10.0.0.1:5 -> 10.0.0.2:80 mark 0x6 state new': 'drop by policy of c',
      'in wan1 tcp 10.0.0.1:5 -> 10.0.0.2:80 mark 0x20 state invalid': 'drop by rule 3 of c',
      'in eth1 tcp 10.0.0.1:5 -> 10.0.0.2:80 mark 0x11 state new': 'accept by rule 4 of c',
      'in eth1 tcp 10.0.0.1:5 -> 10.0.0.2:80 mark 0x11 state established': 'accept by rule 1 of c',
    },
  ],
  [
    'a rule that only counts says nothing, and a reset is for TCP alone',
    `counter
     ip saddr 10.0.0.1 counter
     reject with tcp reset
     accept`,
    '',
    {
      'in lan0 tcp 10.0.0.1:5 -> 10.0.0.2:80': 'reject by rule 3 of c',
      'in lan0 udp 10.0.0.1:5 -> 10.0.0.2:80': 'accept by rule 4 of c',
    },
  ],
];

describe('the rule that decides is found', () => {
  test.each(cases)('%s', (_, rules, beside, packets) => {
    const ruleSet = ruleSetOf(rules, beside);
    const classifier = createClassifier(ruleSet, name);
    const texts = Object.keys(packets);
    const found = texts.map((text) => [text, shown(classifier?.classifyOne(arrivalOf(text)) ?? noVerdict)]);
    expect(Object.fromEntries(found)).toEqual(packets);
    const traced = texts.map((text) => [
      text,
      shown(traceChain(ruleSet, name, arrivalOf(text)) ?? noVerdict),
    ]);
    expect(Object.fromEntries(traced)).toEqual(packets);
    expect(classifier?.traces()).toBe(0);
  });
});

const noVerdict: Classified = { verdict: 'depends' };

test('what changes the packet, counts or is not known is left to a trace', () => {
  const rules = `udp dport 53 mark set 0x1
    meta mark 0x1 accept
    tcp dport 22 limit 3/minute accept
    iif "eth0" accept`;
  const classifier = createClassifier(ruleSetOf(rules), name);
  const verdicts = (texts: readonly string[]) =>
    texts.map((text) => shown(classifier?.classifyOne(arrivalOf(text)) ?? noVerdict));
  expect(
    verdicts(['in eth0 tcp 10.0.0.1:5 -> 10.0.0.2:80', 'in lan0 udp 10.0.0.1:5 -> 10.0.0.2:54']),
  ).toEqual(['accept by rule 4 of c', 'drop by policy of c']);
  expect(classifier?.traces()).toBe(0);
  expect(verdicts(['in lan0 udp 10.0.0.1:5 -> 10.0.0.2:53'])).toEqual(['accept by rule 2 of c']);
  expect(verdicts(['in lan0 tcp 10.0.0.1:5 -> 10.0.0.2:22'])).toEqual(['accept by rule 3 of c']);
  const unknown = { unknown: 'nobody said' };
  const { packet } = arrivalOf('in eth0 tcp 10.0.0.1:5 -> 10.0.0.2:80');
  expect(shown(classifier?.classifyOne({ packet, iif: unknown }) ?? noVerdict)).toBe('depends');
  expect(classifier?.traces()).toBe(3);
});

test('a later fragment has no ports', () => {
  const rules = 'tcp dport 0-65535 drop\nfragment meta l4proto tcp accept';
  const classifier = createClassifier(ruleSetOf(rules), name);
  const { packet } = arrivalOf('in eth0 tcp 10.0.0.1:5 -> 10.0.0.2:80');
  const later: Packet = {
    ...packet,
    fragment: { offset: 185, more: false, dontFragment: false },
    transport: { kind: 'opaque' },
  };
  expect(shown(classifier?.classifyOne({ packet, iif: 'eth0' }) ?? noVerdict)).toBe('drop by rule 1 of c');
  expect(shown(classifier?.classifyOne({ packet: later, iif: 'eth0' }) ?? noVerdict)).toBe(
    'accept by rule 2 of c',
  );
});

test('long chains are divided by several parts, and every border counts', () => {
  const rules = Array.from({ length: 600 }, (_, at) => {
    const [low, high] = [at % 200, Math.floor(at / 200)];
    const verdict = at % 3 === 0 ? 'accept' : 'drop';
    return `iif "eth${at % 5}" ip saddr 10.0.${low}.0/24 ip daddr 10.${high}.0.0/16 tcp dport ${20 + (at % 7)}-${40 + (at % 11)} ${verdict}`;
  });
  const ruleSet = ruleSetOf(rules.join('\n'));
  const classifier = createClassifier(ruleSet, name);
  const arrivals = Array.from({ length: 60 }, (_, at) =>
    arrivalOf(
      `in eth${at % 6} tcp 10.0.${(at * 37) % 205}.${at % 2 === 0 ? 0 : 255}:5 -> 10.${at % 4}.0.1:${19 + (at % 33)}`,
    ),
  );
  for (const arrival of arrivals)
    expect(classifier?.classifyOne(arrival)).toEqual(traceChain(ruleSet, name, arrival));
  const columns = packetColumns(arrivals.length);
  for (const [row, arrival] of arrivals.entries()) writeRow(columns, row, arrival);
  columns.whole.clear();
  const verdicts = classifier?.classify(columns);
  expect(Array.from(verdicts?.verdict ?? [], (one) => chainVerdicts[one])).toEqual(
    arrivals.map((arrival) => traceChain(ruleSet, name, arrival)?.verdict),
  );
  expect(classifier?.traces()).toBe(0);
});

test('only a base chain has a classifier', () => {
  const ruleSet = ruleSetOf('jump d', 'chain d { accept }');
  expect(createClassifier(ruleSet, { ...name, chain: 'd' })).toBeUndefined();
  expect(createClassifier(ruleSet, { ...name, table: 'u' })).toBeUndefined();
});

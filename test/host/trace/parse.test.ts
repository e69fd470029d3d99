import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseTraceLine } from '../../../src/core/live/event.ts';
import { packetsOf } from '../../../src/host/trace/packets.ts';
import { parseRules, ruleOf } from '../../../src/host/trace/rules.ts';

const recorded = (name: string) => readFileSync(new URL(`recorded/${name}`, import.meta.url), 'utf8');
const events = recorded('monitor.txt')
  .split('\n')
  .flatMap((line) => parseTraceLine(line) ?? []);
const rules = parseRules(recorded('rules.txt'));

test('reads a rule that matched, whatever its comment says', () => {
  const line =
    'trace id a7d1b3bd inet filter web rule accept comment "x # handle 9 (verdict drop)" # handle 4 (verdict accept)';
  expect(parseTraceLine(line)).toEqual({
    id: 'a7d1b3bd',
    family: 'inet',
    table: 'filter',
    chain: 'web',
    kind: 'rule',
    handle: 4,
    text: 'accept comment "x # handle 9 (verdict drop)"',
    verdict: { kind: 'accept' },
  });
});

test('reads where a jump goes', () => {
  const line = 'trace id 1 ip t c rule jump sub # handle 7 (verdict jump sub)';
  expect(parseTraceLine(line)).toMatchObject({ verdict: { kind: 'jump', target: 'sub' } });
});

test('keeps the handle of a rule that the monitor does not know', () => {
  const event = parseTraceLine('trace id 1 ip t c unknown rule handle 9 (verdict drop)');
  expect(event).toMatchObject({ kind: 'rule', handle: 9, verdict: { kind: 'drop' } });
  expect(event).not.toHaveProperty('text');
});

test('keeps what it does not know word for word', () => {
  expect(parseTraceLine('trace id 1 ip t c verdict sideways ')).toMatchObject({
    kind: 'other',
    text: 'verdict sideways',
  });
});

test('passes over lines that are not about packets', () => {
  expect(parseTraceLine('# new generation 4 by process 25204 (nft)')).toBeUndefined();
  expect(parseTraceLine('add rule inet filter forward udp dport 54 drop # handle 9')).toBeUndefined();
  expect(events.filter((event) => event.kind === 'other')).toEqual([]);
});

test('tells packets apart that share a trace id', () => {
  const packets = packetsOf(events, 'hookline_trace');
  const ways = packets.map(({ headers, events: way }) => [
    /(sport.*flags ==|udp dport) \w+/.exec(headers)?.[0],
    ...way.flatMap((event) => {
      if (event.kind === 'rule') return `${event.chain} ${event.handle} ${event.verdict.kind}`;
      return event.kind === 'policy' ? `${event.chain} policy ${event.policy}` : [];
    }),
  ]);
  expect(ways).toHaveLength(12);
  expect(new Set(events.map((event) => event.id))).toHaveProperty('size', 10);
  expect(ways[0]).toEqual([
    'sport 40000 tcp dport 80 tcp flags == syn',
    'forward 7 jump',
    'web 4 accept',
    'postrouting 2 accept',
  ]);
  expect(ways[5]?.slice(1)).toEqual(['forward 6 accept']);
  expect(ways.slice(9)).toEqual([
    ['udp dport 53', 'forward 7 jump', 'web 5 return', 'forward 8 drop'],
    ['udp dport 54', 'forward 7 jump', 'web 5 return', 'forward 9 drop'],
    ['udp dport 55', 'forward 7 jump', 'web 5 return', 'forward policy drop'],
  ]);
});

test('lists rules by their place in their chain', () => {
  expect(rules.filter((rule) => rule.table === 'filter')).toEqual([
    {
      family: 'inet',
      table: 'filter',
      chain: 'web',
      index: 1,
      handle: 4,
      text: 'tcp dport { 80, 443 } counter accept comment "the # handle 9 (verdict drop)"',
    },
    { family: 'inet', table: 'filter', chain: 'web', index: 2, handle: 5, text: 'return' },
    {
      family: 'inet',
      table: 'filter',
      chain: 'forward',
      index: 1,
      handle: 6,
      text: 'ct state established,related accept',
    },
    {
      family: 'inet',
      table: 'filter',
      chain: 'forward',
      index: 2,
      handle: 7,
      text: 'iifname "lan0" oifname "wan0" jump web',
    },
    {
      family: 'inet',
      table: 'filter',
      chain: 'forward',
      index: 3,
      handle: 8,
      text: 'udp dport 53 log prefix "dns " reject',
    },
  ]);
});

test('finds the rule of each event, and none for a rule that came later', () => {
  const matched = events.filter((event) => event.kind === 'rule');
  const strangers = matched.filter((event) => ruleOf(event, rules) === undefined);
  expect(strangers).toMatchObject([{ chain: 'forward', handle: 9 }]);
  for (const event of matched) expect(ruleOf(event, rules)?.chain ?? 'forward').toBe(event.chain);
});

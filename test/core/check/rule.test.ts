import { describe, expect, test } from 'vitest';
import { textOf } from '../../../src/core/text/source.ts';
import { diagnose } from '../../support/diagnose.ts';
import { policyOf } from '../../support/policy.ts';

const chain = (...rules: readonly string[]): string =>
  `table inet filter {\n chain input hook input priority filter {\n${rules.join('\n')}\n}\n}\n`;

const rulesOf = (text: string) => policyOf(text).ruleSet.tables[0]?.chains[0]?.rules ?? [];

const placesOf = (text: string): readonly string[] =>
  diagnose({ name: 'x.hook', text }).map(({ code, span }) => `${code} ${span ? textOf(span) : ''}`);

describe('a rule about both families', () => {
  test('becomes one rule for each, with the span of the rule', () => {
    const line = 'from { 10.0.0.1, 2001:db8::1 } to { 10.0.0.2, 2001:db8::2 } accept';
    const rules = rulesOf(chain(line));
    expect(rules.map((rule) => rule.parts.map((part) => (part.kind === 'opaque' ? '' : part.key)))).toEqual([
      ['ip saddr', 'ip daddr', 'accept'],
      ['ip6 saddr', 'ip6 daddr', 'accept'],
    ]);
    expect(rules.map((rule) => rule.span && textOf(rule.span))).toEqual([line, line]);
  });

  test('stays one where a match before leaves one family', () => {
    const [rule, ...others] = rulesOf(chain('ip saddr 10.0.0.1 icmp type echo-request accept'));
    expect(others).toEqual([]);
    expect(rule?.parts.map((part) => part.span && textOf(part.span))).toEqual([
      'ip saddr 10.0.0.1',
      'icmp type echo-request',
      'accept',
    ]);
  });
});

describe('problems', () => {
  test('are found in every part of a rule', () => {
    expect(placesOf(chain('ip saddr 10.0.0.300 tcp dport 70000 accept'))).toEqual([
      'HK3001 10.0.0.300',
      'HK3005 70000',
    ]);
  });

  test('are reported once for both halves of a rule that splits', () => {
    expect(placesOf(chain('icmp type echo-request th dport 70000 accept'))).toEqual(['HK3005 70000']);
  });

  test('in a constant point at its use and label its definition', () => {
    const text = `let big = 70000\n${chain('tcp dport { 22, big } accept')}`;
    const [found] = diagnose({ name: 'x.hook', text });
    expect(found?.span?.start).toBe(text.lastIndexOf('big'));
    expect(found?.labels[0]?.span.start).toBe(text.indexOf('70000'));
  });

  test('let no constant smuggle in a verdict', () => {
    expect(placesOf(`let p = 22 accept\n${chain('tcp dport p drop')}`)).toEqual(['HK2024 p']);
  });
});

test('a constant means what it means where it is defined', () => {
  const text = `let a = b\nlet b = 22\ntable ip t {\nlet b = 80\nchain c hook input priority 0 { tcp dport a tcp sport b accept }\n}`;
  const codes = diagnose({ name: 'x.hook', text }).map(({ code }) => code);
  expect(codes).toEqual(['HK2005']);
  const [dport, sport] =
    rulesOf(text.replaceAll(/\bb = 80/g, 'c = 80').replace('sport b', 'sport c'))[0]?.parts ?? [];
  expect([dport, sport]).toMatchObject([
    { args: { value: { ranges: [{ lo: 22n, hi: 22n }] } } },
    { args: { value: { ranges: [{ lo: 80n, hi: 80n }] } } },
  ]);
});

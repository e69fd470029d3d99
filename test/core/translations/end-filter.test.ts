// What an end of a connection is asked for by, and who is behind a place.
import { describe, expect, test } from 'vitest';
import { parseConntrackLine } from '../../../src/core/conntrack/dump.ts';
import { behind } from '../../../src/core/translations/behind.ts';
import { isAskedFor, parseEndFilter } from '../../../src/core/translations/end-filter.ts';
import { isTranslated, type Translation, translationOf } from '../../../src/core/translations/translation.ts';

function rowOf(line: string): Translation {
  const { value } = parseConntrackLine(line);
  if (!value) throw new Error(`no entry: ${line}`);
  return translationOf(value);
}

const hidden = rowOf(
  'tcp 6 9 ESTABLISHED src=10.0.0.5 dst=198.51.100.7 sport=51000 dport=443 src=198.51.100.7 dst=203.0.113.1 sport=443 dport=40123 use=1',
);
const forwarded = rowOf(
  'udp 17 9 src=2001:db8::9 dst=2001:db8:1::1 sport=4000 dport=53 src=fd00::2 dst=2001:db8::9 sport=5353 dport=4000 use=1',
);
const ping = rowOf(
  'icmp 1 9 src=10.0.0.5 dst=198.51.100.9 type=8 code=0 id=7 src=198.51.100.9 dst=203.0.113.1 type=0 code=0 id=700 use=1',
);
const plain = rowOf(
  'tcp 6 9 ESTABLISHED src=10.0.0.5 dst=10.0.0.1 sport=1 dport=2 src=10.0.0.1 dst=10.0.0.5 sport=2 dport=1 use=1',
);

describe('an end', () => {
  test.each([
    ['10.0.0.5', true],
    ['10.0.0.5:51000', true],
    ['10.0.0.5:51001', false],
    ['10.0.0.0/24', true],
    ['10.0.0.0/24:50000-52000', true],
    ['10.0.0.1-10.0.0.4', false],
    ['10.0.0.1-10.0.0.5', true],
    [':51000', true],
    ['::/0', false],
    ['0.0.0.0/0', true],
  ])('original source %s', (text, asked) => {
    const originalSource = parseEndFilter(text);
    expect(originalSource).toBeDefined();
    expect(isAskedFor(hidden, { ends: { ...(originalSource && { originalSource }) } })).toBe(asked);
  });

  test.each(['[fd00::2]:5353', 'fd00::2', '[fd00::]:5353-5354', 'fd00::/16', ':5353'])(
    'modified destination %s',
    (text) => {
      const modifiedDestination = parseEndFilter(text);
      const isNetwork = text.startsWith('[fd00::]');
      expect(isAskedFor(forwarded, { ends: { ...(modifiedDestination && { modifiedDestination }) } })).toBe(
        !isNetwork,
      );
    },
  );

  test.each([
    '',
    ':',
    'nobody',
    '10.0.0.5:',
    '10.0.0.5:70000',
    '10.0.0.0/33',
    '10.0.0.9-10.0.0.1',
    '[10.0.0.1',
  ])('`%s` is none', (text) => expect(parseEndFilter(text)).toBeUndefined());
});

test('a protocol is asked for by its name', () => {
  expect([hidden, forwarded, ping].map((row) => isAskedFor(row, { ends: {}, protocol: 'udp' }))).toEqual([
    false,
    true,
    false,
  ]);
});

test('what is not translated has equal ends', () => {
  expect([hidden, forwarded, ping, plain].map(isTranslated)).toEqual([true, true, true, false]);
});

describe('who is behind', () => {
  test.each([
    [hidden, '203.0.113.1:40123', 'client', 51000],
    [hidden, '198.51.100.7:443', 'itself', 443],
    [hidden, '10.0.0.5:51000', undefined, undefined],
    [forwarded, '[2001:db8:1::1]:53', 'server', 5353],
    [ping, '203.0.113.1:700', 'client', 7],
    [plain, '10.0.0.5:1', 'itself', 1],
  ])('%# %s', (row, place, role, port) => {
    const filter = parseEndFilter(place);
    const found = filter && behind(row, filter);
    expect([found?.role, found?.end.port]).toEqual([role, port]);
  });
});

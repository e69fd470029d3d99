// From a line of a listing, a trace or a log back to the lines of the policy.
import { expect, test } from 'vitest';
import { compile } from '../../../src/core/compile.ts';
import { loadPolicy } from '../../../src/core/load.ts';
import { numberRules, sourceMapOf } from '../../../src/core/source-map/build.ts';
import { readGivenLine } from '../../../src/core/source-map/given-line.ts';
import { readTexts } from '../../../src/core/source-map/mapped-rules.ts';
import { sourcesOf } from '../../../src/core/source-map/sources.ts';

const policy = `def allow(src : address) {
  from src tcp dport ssh accept
}
table inet filter {
  chain INPUT policy drop {
    allow(192.0.2.7)
    tcp dport { 22, 80 } counter comment "a" accept
    tcp dport { 22, 80 } counter comment "b" accept
    tcp dport 7 log "seven: " drop
    tcp dport 8 log "twenty-seven: " drop
    counter
    counter
  }
}
`;

const live = `table inet filter { # handle 1
  chain INPUT { # handle 1
    type filter hook input priority filter; policy drop;
    tcp dport { 80, 22 } counter packets 5 bytes 300 accept comment "b" # handle 9
  }
}
`;

function ruleSetOf(text: string, kind: 'hook' | 'nft') {
  const { value } = loadPolicy({ name: 'policy.hook', text }, kind);
  if (!value) throw new Error('not read');
  return value.ruleSet;
}

const ruleSet = numberRules(ruleSetOf(policy, 'hook'));
const texts = (['iptables', 'ip6tables', 'nft'] as const).map((backEnd) => ({
  backEnd,
  text: compile(ruleSet, backEnd).value ?? '',
  ruleSet,
}));
const map = sourceMapOf('policy.hook', texts);
const known = { map, texts: readTexts(map), dump: { tool: 'nft', ruleSet: ruleSetOf(live, 'nft') } } as const;

const ssh = ['6 allow 2'];

test.each<[string, readonly string[]]>([
  ['-A INPUT -s 192.0.2.7 -p tcp --dport 22 -j ACCEPT', ssh],
  ['[4:240] -A INPUT -s 192.0.2.7/32 -p tcp -m tcp --dport 22 -j ACCEPT', ssh],
  [
    'TRACE: 2 fc475095 filter:INPUT:rule:0x3:ACCEPT  -4 -t filter -A INPUT -s 192.0.2.7/32 -p tcp -m tcp --dport 22 -j ACCEPT',
    ssh,
  ],
  ['kernel: TRACE: filter:INPUT:rule:1 IN=eth0 OUT= SRC=192.0.2.7 DST=192.0.2.1 ', ssh],
  ['tcp dport ssh ip saddr 192.0.2.7/32 accept # handle 4', []],
  ['ip saddr 192.0.2.7/32 tcp dport ssh accept # handle 4', ssh],
  ['trace id 5b6a8b2c inet filter INPUT rule ip saddr 192.0.2.7 tcp dport 22 accept (verdict accept)', ssh],
  ['tcp dport { 80, 22 } counter packets 5 bytes 300 accept', ['7', '8']],
  ['tcp dport { 80, 22 } counter packets 5 bytes 300 accept comment "b"', ['8']],
  ['[12.3] seven: IN=eth0 OUT= SRC=192.0.2.7 DST=192.0.2.1 ', ['9']],
  ['[12.3] twenty-seven: IN=eth0 OUT= SRC=192.0.2.7 DST=192.0.2.1 ', ['10']],
  ['other: IN=eth0 OUT= SRC=192.0.2.7 DST=192.0.2.1 ', []],
  ['TRACE: filter:INPUT:policy:9 IN=eth0 OUT= SRC=192.0.2.7 ', []],
  ['trace id 5b6a8b2c inet filter INPUT policy drop', []],
  ['-A INPUT -s 192.0.2.8/32 -p tcp -m tcp --dport 22 -j ACCEPT', []],
  ['trace id 5b6a8b2c inet filter INPUT rule handle 9 (verdict accept)', ['8']],
  ['trace id 5b6a8b2c inet filter INPUT rule handle 10 (verdict accept)', []],
  ['rule handle 9', ['8']],
])('%s', (line, places) => {
  const { value = [] } = sourcesOf(readGivenLine(line), known);
  const found = value.map(({ mapped: { place, calls = [] } }) =>
    [place?.line, ...calls.flatMap((call) => [call.name, call.place.line])].join(' '),
  );
  expect(found).toEqual(places);
});

test('what is no line of anything is refused with what is wrong with it', () => {
  const codesOf = (line: string) => sourcesOf(readGivenLine(line), known).diagnostics.map(({ code }) => code);
  expect(codesOf('frobnicate')).toEqual(['HK5601']);
  expect(codesOf('-A INPUT -j NOWHERE')).toEqual(['HK5005']);
  expect(sourcesOf(readGivenLine('rule handle 9'), { ...known, dump: undefined }).value).toBeUndefined();
});

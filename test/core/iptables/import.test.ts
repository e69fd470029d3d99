// Reading iptables-save: what is understood, what is kept word for word, and what is wrong with a dump.
import { expect, test } from 'vitest';
import { detectFamily, importIptables } from '../../../src/core/iptables/import.ts';
import type { RuleSet } from '../../../src/core/ir/ruleset.ts';
import { importProblems, roundTrip } from './support.ts';

function table(name: string, ...lines: readonly string[]): string {
  return `*${name}\n${lines.map((line) => `${line}\n`).join('')}COMMIT\n`;
}

function imported(text: string, family: 'ip' | 'ip6' = 'ip'): RuleSet {
  const { value, diagnostics } = importIptables({ name: 'dump', text }, { family });
  if (!value) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value;
}

function partsOf(rule: string): readonly string[] {
  const text = table('filter', ':mine - [0:0]', `-A INPUT ${rule}`);
  const input = imported(text).tables[0]?.chains.find(({ name }) => name === 'INPUT');
  return (input?.rules ?? []).map(({ parts }) =>
    parts.map((part) => (part.kind === 'opaque' ? `${part.role}: ${part.text}` : part.key)).join(', '),
  );
}

test('a canonical dump comes back byte for byte, with counters and with what is not understood', () => {
  const dump = `*mangle
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
-A PREROUTING -m mark --mark 0x1 -j MARK --set-xmark 0x2/0xff
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:mine - [0:0]
[7:420] -A INPUT -i lo -j ACCEPT
-A INPUT ! -s 10.0.0.0/8 -d 10.1.0.0/16 -i eth+ -p tcp -m comment --comment "it\\'s a \\"test\\"" -m tcp --sport 1024:65535 --dport 22 -j mine
-A INPUT -p udp -m recent --set --name "x y" --mask 255.255.255.255 --rsource
-A INPUT -f -g mine
-A mine -m limit --limit 5/min -j LOG --log-prefix "in: " --log-level 7
-A mine -p tcp -j REJECT --reject-with tcp-reset
-A mine -m frob ! --frob "a b" -j FROB --knob 1
COMMIT
`;
  expect(roundTrip(dump).split('\n').toSorted()).toEqual(dump.split('\n').toSorted());
});

test('the family decides what addresses are', () => {
  const dump = table(
    'filter',
    ':INPUT ACCEPT [0:0]',
    ':FORWARD ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    '-A INPUT -s 2001:db8::/32 -j DROP',
  );
  expect(roundTrip(dump, 'ip6')).toBe(dump);
  expect(importProblems(dump)).toEqual(['5 HK5014 `2001:db8::/32` is no IPv4 address or prefix']);
});

test.each([
  ['-p tcp -m tcp --dport 22 -j ACCEPT', 'tcp dport, accept'],
  ['-p tcp --dport 22 -j ACCEPT', 'tcp dport, accept'],
  ['-p tcp -j ACCEPT --dport 22 -s 10.0.0.1', 'ip saddr, tcp dport, accept'],
  // The limit must not be asked for what is not TCP, so `-p` stays.
  ['-p tcp -m limit --limit 1/sec -m tcp --dport 22', 'meta l4proto, limit, tcp dport'],
  // A statement needs the protocol, but does not test for it.
  ['-p tcp -j REJECT --reject-with tcp-reset', 'meta l4proto, reject'],
  ['-p tcp -m frob --x -m tcp --dport 22', 'meta l4proto, match: -m frob --x, tcp dport'],
  ['-m frob ! --a 1 2 -j mine', 'match: -m frob ! --a 1 2, jump'],
  ['-j TEE --gateway 10.0.0.1', 'dup'],
  ['-j FROB --knob 1', 'unknown: -j FROB --knob 1'],
  ['-s 0.0.0.0/0 -i + -p all -j DROP', 'drop'],
  ['-s 10/8 -j DROP', 'ip saddr, drop'],
])('%s is %s', (rule, parts) => {
  expect(partsOf(rule)).toEqual([parts]);
});

test('several addresses are several rules, sources outermost', () => {
  const chains = [':INPUT ACCEPT [0:0]', ':FORWARD ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]'];
  const rules = roundTrip(table('filter', ...chains, '-A INPUT -d 10.0.0.3,10.0.0.4 -s 10.0.0.1,10.0.0.2'));
  expect(rules.match(/^-A.*$/gm)).toEqual([
    '-A INPUT -s 10.0.0.1/32 -d 10.0.0.3/32',
    '-A INPUT -s 10.0.0.1/32 -d 10.0.0.4/32',
    '-A INPUT -s 10.0.0.2/32 -d 10.0.0.3/32',
    '-A INPUT -s 10.0.0.2/32 -d 10.0.0.4/32',
  ]);
});

test('rules of the other family are passed over', () => {
  expect(partsOf('-6 -s 2001:db8::1')).toEqual([]);
  expect(partsOf('-4 -j DROP')).toEqual(['drop']);
});

test('a line may begin with the family that it is for', () => {
  const { chains } =
    imported(table('filter', '-4 -A INPUT -j DROP', '-6 -A INPUT -s ::1 -j DROP')).tables[0] ?? {};
  expect(chains?.[0]?.rules).toHaveLength(1);
});

test('the last of two tables of a name counts', () => {
  const text =
    table('filter', ':INPUT DROP [0:0]', '-A INPUT') + table('nat') + table('filter', '-A INPUT -j DROP');
  expect(roundTrip(text)).toContain('\n:OUTPUT ACCEPT [0:0]\n-A INPUT -j DROP\nCOMMIT\n');
});

test.each([
  // iptables-save prints the line end that is in the comment, and can't load what it prints.
  ['-A INPUT -j DROP -m comment --comment \\"a\\"', '-A INPUT -m comment --comment "\\\\a\\"" -j DROP'],
  ['-A INPUT -m comment --comment "a -j DROP', '-A INPUT -m comment --comment "a -j DROP"'],
])('a comment goes on to the end of its line where its quote is not closed: %s', (line, written) => {
  expect(roundTrip(table('filter', line))).toContain(`\n${written}\n`);
});

test('commands that people write into dumps', () => {
  const lines = [
    '-N mine',
    '-P FORWARD DROP',
    '-A mine -p tcp --dport=80 -j ACCEPT',
    '-I mine 2 -j RETURN',
    '-I mine -s 10.0.0.1,10.0.0.2 -j DROP',
    '-j mine -A FORWARD',
  ];
  // As iptables-save 1.8.9 prints it.
  expect(roundTrip(table('filter', ...lines))).toContain(`:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:mine - [0:0]
-A FORWARD -j mine
-A mine -s 10.0.0.2/32 -j DROP
-A mine -s 10.0.0.1/32 -j DROP
-A mine -p tcp -m tcp --dport 80 -j ACCEPT
-A mine -j RETURN
`);
});

test('counters are read in both of their forms', () => {
  const rules = imported(table('filter', '[3:180] -A INPUT', '-A INPUT -c 4 240')).tables[0]?.chains[0]
    ?.rules;
  expect(rules?.map(({ counters }) => counters)).toEqual([
    { packets: 3n, bytes: 180n },
    { packets: 4n, bytes: 240n },
  ]);
});

test('built-in chains have the hook, priority and type of their table', () => {
  const [raw, nat] = imported(
    table('raw', ':OUTPUT DROP [0:0]') + table('nat', ':POSTROUTING ACCEPT [0:0]'),
  ).tables;
  expect(raw?.chains[0]?.base).toEqual({ type: 'filter', hook: 'output', priority: -300, policy: 'drop' });
  expect(nat?.chains[0]?.base).toEqual({ type: 'nat', hook: 'postrouting', priority: 100, policy: 'accept' });
});

test.each([
  ['', '1 HK5011 there is no table in this dump'],
  ['# nothing\n', '1 HK5011 there is no table in this dump'],
  ['*filter\n\0\n', '2 HK5001 this is no text: it contains a zero byte'],
  ['*filter\n-A INPUT\n', '1 HK5002 table `filter` has no `COMMIT`'],
  ['*filter\n*nat\nCOMMIT\n', '1 HK5002 table `filter` has no `COMMIT`'],
  ['*filter\r\nCOMMIT\r\n', '1 HK5003 the line ends with a carriage return'],
  ['*fliter\nCOMMIT\n', '1 HK5004 iptables has no table `fliter`'],
  ['-A INPUT -j DROP\n', '1 HK5008 this line stands in no table'],
  ['COMMIT\n', '1 HK5008 `COMMIT` stands in no table'],
  ['*filter\nCOMMIT \n', '2 HK5013 there is something behind `COMMIT`'],
  [table('filter', ':a - [0:0]', ':a - [0:0]'), '3 HK5007 chain `a` is declared twice'],
  [table('filter', ':a'), '2 HK5001 a chain is declared as `:name policy [packets:bytes]`'],
  [table('filter', ':INPUT - [0:0]'), '2 HK5001 `-` is no policy of `INPUT`'],
  [table('filter', ':a - [0:x]'), '2 HK5009 `[0:x]` are no counters'],
  [table('filter', '[1] -A INPUT'), '2 HK5009 `[1]` are no counters'],
  [table('filter', '-A a -j DROP'), '2 HK5005 there is no chain `a` in this table'],
  [table('filter', '-A INPUT -j a'), '2 HK5005 there is no chain `a` in this table'],
  [table('filter', '-A INPUT -j OUTPUT'), '2 HK5005 there is no chain `OUTPUT` in this table'],
  [table('filter', '-A INPUT -g ACCEPT'), '2 HK5005 there is no chain `ACCEPT` in this table'],
  [table('filter', ':a - [0:0]', '-A INPUT -j a', '-A a -j a'), '4 HK5006 chain `a` leads to itself'],
  [
    table('filter', ':a - [0:0]', ':b - [0:0]', '-A a -g b', '-A b -j a'),
    '5 HK5006 chain `b` leads back to `a`',
  ],
  [table('filter', '-D INPUT 1'), '2 HK5012 `-D` does not add a rule'],
  [table('filter', '-I INPUT 2 -j DROP'), '2 HK5010 `INPUT` has no place 2'],
  [table('filter', '-N'), '2 HK5010 there is no chain behind `-N`'],
  [table('filter', '-P INPUT'), '2 HK5010 `-P` needs a chain and a policy'],
  [table('filter', '-P INPUT QUEUE'), '2 HK5001 `QUEUE` is no policy of `INPUT`'],
  [table('filter', `:${'a'.repeat(29)} - [0:0]`), '2 HK5001 the name of a chain has at most 28 bytes'],
  [table('filter', '-A INPUT -i ""'), '2 HK5016 the name of an interface is empty'],
  [table('filter', '-A INPUT -p tcp --syn=1'), '2 HK5010 `--syn` takes no value'],
  [
    table('filter', '-A INPUT') + table('filter', '-A INPUT'),
    '4 HK5017 this table `filter` replaces the one before',
  ],
  [table('filter', 'hello'), '2 HK5012 `hello` does not add a rule'],
  [table('filter', '-A'), '2 HK5010 there is no chain behind `-A`'],
  [table('filter', '-A INPUT --frob'), '2 HK5010 no module of this rule has an option `--frob`'],
  [table('filter', '-A INPUT drop'), '2 HK5010 `drop` belongs to no option'],
  [table('filter', '-A INPUT -s'), '2 HK5010 `-s` needs a value'],
  [table('filter', '-A INPUT -s ! 10.0.0.1'), '2 HK5010 `!` stands behind `-s`'],
  [table('filter', '-A INPUT -o lo'), "2 HK5010 `-o` can't be used in `INPUT`"],
  [table('filter', '-A INPUT !'), '2 HK5010 there is no option behind this `!`'],
  [table('filter', '-A INPUT ! -j DROP'), "2 HK5010 `-j` can't be negated"],
  [table('filter', '-A INPUT -j DROP -j DROP'), '2 HK5010 the rule has two targets'],
  [table('filter', '-A INPUT -s 10.0.0.1 -s 10.0.0.2'), '2 HK5010 `-s` stands in one rule twice'],
  [table('filter', '-A INPUT -p tcp --dport 1 --dport 2'), '2 HK5010 `--dport` stands twice'],
  [table('filter', '-A INPUT -m udp --dport 1'), '2 HK5010 this needs `-p udp` in the same rule'],
  [table('filter', '-A INPUT ! -s 10.0.0.1,10.0.0.2'), "2 HK5010 `!` can't stand before several addresses"],
  [table('filter', '-A INPUT -j LOG --log-prefix "x'), '2 HK5001 a quote is not closed'],
  [table('filter', '-A INPUT -p tcp --dport 70000'), '2 HK5016 `--dport 70000` is not valid here'],
  // What is not known at all is said once.
  [table('filter', '-A INPUT -m frob --a', '-A INPUT -m frob'), '2 HK5015 `-m frob` is not understood'],
  [table('filter', '-A INPUT -s 10.0.0.300'), '2 HK5014 `10.0.0.300` is no IPv4 address or prefix'],
  [table('filter', '-A INPUT -s www.example.org'), '2 HK5014 `www.example.org` is no IPv4 address or prefix'],
])('%j: %s', (text, problem) => {
  expect(importProblems(text)).toEqual([problem]);
});

test('a loop that no base chain leads to loads, so it is a warning', () => {
  const text = table('filter', ':a - [0:0]', '-A a -j a');
  const { diagnostics, value } = importIptables({ name: 'dump', text }, { family: 'ip' });
  expect(diagnostics.map(({ severity }) => severity)).toEqual(['warning']);
  expect(value).toBeDefined();
});

test('all independent problems are reported', () => {
  const text = [
    table('filter', ':a - [0:0]', ':a - [0:0]', '-A INPUT -s', '-A b'),
    table('bogus'),
    '*raw\n',
  ].join('');
  expect(importProblems(text).map((problem) => problem.slice(0, 8))).toEqual([
    '7 HK5004',
    '9 HK5002',
    '3 HK5007',
    '4 HK5010',
    '5 HK5005',
  ]);
});

test.each([
  ['# Generated by ip6tables-save v1.8.9 on Sat\n*filter\n', 'ip6'],
  ['# Generated by iptables-nft-save v1.8.9 (nf_tables)\n*filter\n', 'ip'],
  ['# Generated by hookline for ip6tables-restore\n', 'ip6'],
  ['*filter\n-A INPUT -s 2001:db8::/32\n', 'ip6'],
  ['*filter\n-A INPUT -s 10.0.0.1\n', 'ip'],
  ['*filter\n', 'ip'],
])('the family of %j is %s', (text, family) => {
  expect(detectFamily({ name: 'dump', text })).toBe(family);
});

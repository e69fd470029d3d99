// What an import writes: names, heads, kept words, folding. Each text reads back as what it was written from.
import { expect, test } from 'vitest';
import type { RuleSet } from '../../../src/core/ir/ruleset.ts';
import { loadPolicy, type PolicyKind } from '../../../src/core/load.ts';
import { originOf } from '../../../src/core/policy-text/origin.ts';
import { writePolicy } from '../../../src/core/policy-text/write-policy.ts';
import { formatPolicy } from '../../../src/core/syntax/format.ts';
import { bare } from '../../support/bare.ts';

function load(text: string, kind: PolicyKind): RuleSet {
  const { value, diagnostics } = loadPolicy({ name: kind, text }, kind);
  if (!value) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  return value.ruleSet;
}

/** The text without its comment, after a check that it reads back as the same. */
function written(ruleSet: RuleSet, fold = false): string {
  const { value = '', diagnostics } = writePolicy(ruleSet, { origin: 'from here', fold });
  expect(diagnostics).toEqual([]);
  expect(value).toMatch(/^# from here\n\n/);
  expect(formatPolicy({ name: 'written', text: value }).value).toBe(value);
  if (!fold) expect(bare(load(value, 'hook'))).toEqual(bare(ruleSet));
  return value.replace(/^.*\n\n/, '');
}

function saved(...lines: readonly string[]): RuleSet {
  return load(
    ['*filter', ':INPUT DROP [1:2]', ':mine - [0:0]', ...lines, 'COMMIT', ''].join('\n'),
    'iptables-save',
  );
}

function nft(...objects: readonly object[]): RuleSet {
  return load(JSON.stringify({ nftables: objects }), 'nft-json');
}

test('built-in chains go by their names, comments stay, what is not understood keeps its words', () => {
  const ruleSet = saved(
    '-A INPUT -m comment --comment "say \\"hi\\"" -j mine',
    '-A mine -m frob --knob "1 2" -j FROB --knob 3',
    '-A mine',
  );
  expect(writePolicy(ruleSet, { origin: 'a\nb' }).value).toBe(`# a?b

table ip filter {
  chain INPUT policy drop {
    comment "say \\"hi\\"" jump mine
  }

  chain mine {
    iptables match "-m frob --knob \\"1 2\\"" iptables target "-j FROB --knob 3"
    counter
  }
}
`);
});

const table = (family: string, name: string) => ({ table: { family, name } });
const chain = (family: string, name: string, more: object) => ({
  chain: { family, table: 't', name, ...more },
});

const hooked = (type: string, hook: string, prio: number) => ({ type, hook, prio, policy: 'accept' });

test('heads of base chains say as little as means the same', () => {
  const ruleSet = nft(
    table('inet', 't'),
    chain('inet', 'a', hooked('filter', 'input', -5)),
    chain('inet', 'b', hooked('nat', 'prerouting', -100)),
    chain('inet', 'c', hooked('nat', 'output', -100)),
    chain('inet', 'd', hooked('filter', 'output', -150)),
    chain('inet', 'e', hooked('route', 'output', -150)),
    chain('inet', 'f', { ...hooked('filter', 'ingress', 500), dev: 'eth0' }),
  );
  const heads = written(ruleSet)
    .split('\n')
    .filter((line) => line.includes('chain'));
  expect(heads.map((head) => head.trim())).toEqual([
    'chain a hook input priority filter - 5 policy accept { }',
    'chain b type nat hook prerouting priority dstnat policy accept { }',
    'chain c type nat hook output priority -100 policy accept { }',
    'chain d type filter hook output priority mangle policy accept { }',
    'chain e hook output priority mangle policy accept { }',
    'chain f hook ingress device "eth0" priority 500 policy accept { }',
  ]);
});

test('names that are no words, or that would mean something else, are quoted', () => {
  const member = { family: 'ip', table: 'filter' };
  const ruleSet = nft(
    table('ip', 'filter'),
    { chain: { ...member, name: 'INPUT' } },
    { chain: { ...member, name: 'to->there "now"' } },
    { chain: { ...member, name: 'jump' } },
    { set: { ...member, name: 'a/b', type: 'ipv4_addr', elem: ['10.0.0.1'] } },
    {
      rule: {
        ...member,
        chain: 'INPUT',
        expr: [
          { match: { op: '==', left: { payload: { protocol: 'ip', field: 'saddr' } }, right: '@a/b' } },
          { jump: { target: 'to->there "now"' } },
        ],
      },
    },
  );
  expect(written(ruleSet)).toBe(`table ip filter {
  set "a/b" : ipv4_addr = { 10.0.0.1 }

  chain "INPUT" {
    ip saddr @"a/b" jump "to->there \\"now\\""
  }

  chain "to->there \\"now\\"" { }

  chain jump { }
}
`);
});

test('what only nft has keeps its JSON, in rules and beside them', () => {
  const member = { family: 'inet', table: 't' };
  const ruleSet = nft(
    table('inet', 't'),
    { tunnel: { ...member, name: 'fast', id: 5 } },
    { chain: { ...member, name: 'a', shade: 'mine' } },
    { rule: { ...member, chain: 'a', expr: [{ frobnicate: { knob: [1, { x: null }] } }, { accept: null }] } },
  );
  expect(ruleSet.tables[0]?.opaque).toHaveLength(2);
  expect(written(ruleSet)).toContain('nft { "frobnicate" : { "knob" : [1, { "x" : null } ] } } accept');
});

test('`icmp type` in a table of both families is about IPv4 only', () => {
  const text =
    'table inet t {\n  chain a hook input priority filter policy accept {\n    icmpv4 type echo-request accept\n  }\n}\n';
  expect(written(load(text, 'hook'))).toBe(text);
});

test('neighbours that differ in one value become one rule where iptables is told the same', () => {
  const addresses = ['10.0.0.1/32', '10.0.0.2/32', '10.1.0.0/16', '192.168.0.0/24'];
  const each = (rest: string) => addresses.map((one) => `-A INPUT -s ${one} ${rest}`);
  expect(written(saved(...each('-j DROP')), true)).toContain(
    'ip saddr { 10.0.0.1, 10.0.0.2, 10.1.0.0/16, 192.168.0.0/24 } drop',
  );
  expect(written(saved(...each('-j DROP').slice(1)), true)).not.toContain('{ 10.0.0.2');
  expect(written(saved(...each('-m limit --limit 1/hour -j ACCEPT')), true)).not.toContain('{ 10.0.0.1');
  const overlapping = [...each('-j LOG'), '-A INPUT -s 10.0.0.0/8 -j LOG'];
  expect(written(saved(...overlapping), true)).not.toContain('{ 10.0.0.1');
});

test('a control character is named with its rule', () => {
  const { value, diagnostics } = writePolicy(saved('-A INPUT -m comment --comment "a\tb"'), { origin: '' });
  expect(value).toBeUndefined();
  expect(diagnostics.map((one) => one.message)).toEqual([
    'rule 1 of chain `INPUT` in table `ip filter` holds a control character',
  ]);
});

test('comments of the source stay where they are, those of tools do not', () => {
  const source = `#!/usr/sbin/nft -f
# The office.
table inet filter {
\t# who may come in
\tset admins {
\t\ttype ipv4_addr
\t}

\t# from outside
\tchain input {
\t\ttype filter hook input priority filter; policy drop;

\t\t# --- services ---

\t\ttcp dport 22 ip saddr @admins accept comment "ssh"
\t\tiifname "lo" accept # loopback
\t}
}
`;
  expect(`${writePolicy(load(source, 'nft'), { origin: 'from here' }).value}`).toBe(`# from here

# The office.
table inet filter {
  # who may come in
  set admins : ipv4_addr

  # from outside
  chain input hook input priority filter policy drop {
    # --- services ---
    tcp dport 22 ip saddr @admins comment "ssh" accept
    # loopback
    iifname "lo" accept
  }
}
`);
  const dump = [
    '# Generated by iptables-save v1.8.9 on Sat Nov 21 03:21:46 2026',
    '*filter',
    ':INPUT ACCEPT [0:0]',
  ];
  const rules = ['1', '2', '3', '4', '5'].map((last) => `-A INPUT -s 192.0.2.${last}/32 -j DROP`);
  const lines = [
    ...dump,
    ...rules.slice(0, 4),
    '# the worst',
    ...rules.slice(4),
    'COMMIT',
    '# Completed on',
    '',
  ];
  expect(written(load(lines.join('\n'), 'iptables-save'), true)).toContain(`  chain INPUT {
    ip saddr { 192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4 } drop
    # the worst
    ip saddr 192.0.2.5 drop
  }
`);
});

test('a long set of addresses is a constant of its table, once where it is used twice', () => {
  const hosts = Array.from({ length: 9 }, (_, last) => `203.0.113.${last + 1}/32`);
  const drops = hosts.map((host) => `-A mine -s ${host} -p tcp -m tcp --dport 22 -j DROP`);
  const text = written(
    saved(...drops, '-A mine -j RETURN', ...drops.map((rule) => rule.replace('22', '25'))),
    true,
  );
  expect(text).toContain(`  let mine-sources = {
    203.0.113.1, 203.0.113.2, 203.0.113.3, 203.0.113.4, 203.0.113.5, 203.0.113.6, 203.0.113.7,
    203.0.113.8, 203.0.113.9
  }
`);
  expect(text).toContain(`  chain mine {
    ip saddr mine-sources tcp dport 22 drop
    return
    ip saddr mine-sources tcp dport 25 drop
  }
`);
});

const generated = '# Generated by iptables-save v1.8.9 (nf_tables) on Sat Nov 21 03:21:46 2026\n*filter\n';

test.each([
  [
    generated,
    'Imported from rules, written by iptables-save v1.8.9 (nf_tables) on Sat Nov 21 03:21:46 2026.',
  ],
  [
    '{"nftables": [{"metainfo": {"version": "1.0.6"}}]}',
    'Imported from rules, written by nft 1.0.6 (a kind).',
  ],
  ['table ip t {\n}\n', 'Imported from rules (a kind).'],
])('where %j came from', (text, expected) => {
  expect(originOf({ name: 'rules', text }, 'a kind')).toBe(expected);
});

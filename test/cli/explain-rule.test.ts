// `explain --rule` and `--dump`: from what a machine lists, traces and logs back to the policy.
import { expect, test } from 'vitest';
import { folderWith, hookline } from './support/hookline.ts';

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

function explained(...args: readonly string[]) {
  const folder = folderWith({
    'policy.hook': policy,
    'live.nft': `table inet filter { # handle 1
  chain INPUT { # handle 1
    type filter hook input priority filter; policy drop;
    ip saddr 192.0.2.7 tcp dport 22 accept # handle 4
    tcp dport { 80, 22 } counter packets 5 bytes 300 accept comment "b" # handle 9
    counter packets 1 bytes 60 # handle 10
    counter packets 2 bytes 60 # handle 11
    accept # handle 12
  }
}
`,
  });
  const compiled = hookline(
    ['compile', 'policy.hook', '--to', 'all', '-o', '.', '--source-map', 'map.json'],
    { cwd: folder },
  );
  expect(compiled.status).toBe(0);
  const said = hookline(['explain', '--policy', 'policy.hook', ...args], { cwd: folder });
  const read = hookline(['explain', '--source-map', 'map.json', ...args], { cwd: folder });
  expect(read).toEqual(said);
  return { status: said.status, stdout: said.stdout };
}

test('a rule has its line, the way through definitions, and what it became', () => {
  const { status, stdout } = explained('--rule', '-A INPUT -s 192.0.2.7 -p tcp --dport 22 -j ACCEPT');
  expect(stdout).toBe(`policy.hook:6:5
   6 |     allow(192.0.2.7)
in \`allow\`, policy.hook:2:3
   2 |   from src tcp dport ssh accept
which means ip saddr 192.0.2.7 tcp dport 22 accept
iptables  ip filter INPUT 1: -A INPUT -s 192.0.2.7/32 -p tcp -m tcp --dport 22 -j ACCEPT
nft       inet filter INPUT 1: ip saddr 192.0.2.7 tcp dport 22 accept
`);
  expect(status).toBe(0);
});

test('a rule from elsewhere is said to be none', () => {
  const none = { status: 1, stdout: 'this is no rule of `policy.hook`\n' };
  expect(explained('--rule', '-A INPUT -s 192.0.2.8 -j ACCEPT')).toEqual(none);
});

test('each rule of a dump has its line, in their order where they mean the same', () => {
  const { status, stdout } = explained('--dump', 'live.nft');
  expect(stdout.split('\n').map((line) => line.split('  ')[1])).toEqual([
    'policy.hook:6, in allow policy.hook:2',
    'policy.hook:8',
    'policy.hook:11',
    'policy.hook:12',
    'no source',
    undefined,
    undefined,
    undefined,
  ]);
  expect(stdout).toContain('5 rules: 4 with a source, 1 without');
  expect(status).toBe(1);
});

test('the same as data', () => {
  const { rules } = JSON.parse(explained('--json', '--dump', 'live.nft').stdout);
  expect(rules[0]).toMatchObject({
    chain: 'INPUT',
    index: 1,
    sources: [{ place: { line: 6 }, calls: [{ name: 'allow' }] }],
  });
  expect(rules[4].sources).toEqual([]);
});

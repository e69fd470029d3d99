// `hookline conntrack check` as its users see it: what is chosen, grouped, sorted and planned.
import { describe, expect, test } from 'vitest';
import { expectRefusal, folderWith, hookline, type Ran } from './support/hookline.ts';

const policy = `table inet filter {
  chain forward hook forward priority filter policy drop {
    ct state established,related accept
    iifname "lan0" tcp dport 443 accept
  }
}
table ip nat {
  chain post type nat hook postrouting priority srcnat { oifname "wan0" snat to 203.0.113.1 }
}
host gw {
  interface "wan0" { address 203.0.113.1/24 }
  interface "lan0" { address 10.0.0.1/24 }
  route default via 203.0.113.254 dev "wan0"
  sysctl net.ipv4.ip_forward = 1
}
`;

/** A connection from the LAN, as the wide side sees it. */
function listed(sport: number, dport: number, seenAs = '203.0.113.1', bytes = 100): string {
  return `tcp 6 431999 ESTABLISHED src=10.0.0.5 dst=198.51.100.7 sport=${sport} dport=${dport} packets=1 bytes=${bytes} src=198.51.100.7 dst=${seenAs} sport=${dport} dport=${sport} packets=1 bytes=0 [ASSURED] mark=0 use=1`;
}

const halfOpen =
  'tcp 6 100 SYN_SENT src=10.0.0.5 dst=198.51.100.7 sport=5 dport=443 [UNREPLIED] src=198.51.100.7 dst=203.0.113.1 sport=443 dport=5 mark=0 use=1';
const listing = [
  listed(1, 443),
  listed(2, 22, '203.0.113.1', 300),
  listed(3, 443, '203.0.113.9'),
  listed(4, 22),
  halfOpen,
].join('\n');

function check(words: readonly string[], entries = `${listing}\n`): Ran {
  const cwd = folderWith({ 'p.hook': policy, 'c.txt': entries });
  return hookline(['conntrack', 'check', 'p.hook', 'c.txt', ...words], { cwd });
}

function sourcePorts({ stdout }: Ran): readonly string[] {
  return [...stdout.matchAll(/10\.0\.0\.5:(\d+)/g)].map(([, port = '']) => port);
}

describe('what is chosen', () => {
  test.each([
    ['admitted', ['1', '3', '5']],
    ['stale', ['2', '4']],
    ['surviving', ['2', '4']],
    ['cut', []],
    ['drift', ['3']],
    ['half-open', ['5']],
    ['depends', []],
  ])('--only %s', (kind, ports) => {
    const ran = check(['--all', '--only', kind]);
    expect(sourcePorts(ran)).toEqual(ports);
    expect(ran.status).toBe(1);
  });

  test('several kinds are those that are any of them', () => {
    expect(sourcePorts(check(['--all', '--only', 'drift', '--only', 'half-open']))).toEqual(['3', '5']);
  });

  test('--sort and --limit', () => {
    const { stdout } = check(['--sort', 'bytes', '--limit', '1']);
    expect(stdout).toContain('10.0.0.5:2 ');
    expect(stdout).toContain('1 of 5 connections are shown');
  });

  test('--match takes the words of conntrack', () => {
    expect(sourcePorts(check(['--all', '--match', '-p tcp --dport 22']))).toEqual(['2', '4']);
    expect(check(['--match', '--dport 443 -p tcp --sport 1']).status).toBe(2);
    expect(check(['--match', '-p tcp --sport 1']).status).toBe(0);
  });

  test('a helper beside stale connections is told', () => {
    const control = `${listed(9, 443).replace(' use=1', '')} helper=ftp use=1`;
    const { stderr } = check([], `${listing}\n${control}\n`);
    expect(stderr).toContain('HK7009');
    expect(check([]).stderr).toBe('');
  });

  test('all fit: 0', () => {
    expect(check([], `${listed(1, 443)}\n`).status).toBe(0);
    expect(check([], '').status).toBe(0);
  });
});

test.each([
  [
    'rule',
    [
      'rule 2 of inet filter forward (p.hook:4): iifname "lan0" tcp dport 443 accept',
      'the policy of inet filter forward',
    ],
  ],
  ['zone', ['lan0 -> wan0']],
  ['host', ['10.0.0.5']],
  ['state', ['tcp ESTABLISHED', 'tcp SYN_SENT, half-open']],
  ['service', ['tcp 443', 'tcp 22']],
])('--by %s', (by, names) => {
  const lines = check(['--by', by, '--json']).stdout.trimEnd().split('\n');
  const groups: readonly { readonly name: string; readonly connections: number }[] = lines
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  expect(groups.map(({ name }) => name)).toEqual(names);
  expect(groups.reduce((sum, { connections }) => sum + connections, 0)).toBe(5);
});

test('a host with rules and zones of its own is asked about those', () => {
  const own = `${policy.replace(/\}\n$/, '')}
  table ip filter { chain forward hook forward priority filter policy accept { ip daddr 192.0.2.1 drop } }
  zone inside = { interface "lan0" }
}
zone outside = { interface "wan0" }
`;
  const cwd = folderWith({ 'p.hook': own, 'c.txt': `${listing}\n` });
  const ran = hookline(['conntrack', 'check', 'p.hook', 'c.txt', '--by', 'zone'], { cwd });
  expect(ran.stdout).toContain('inside -> outside');
  expect(ran.stdout).toContain('5 connections: 5 admitted');
});

test('lines that are read as numbers are shown as those that are not', () => {
  const other = `${listing}\n${listed(6, 443, '203.0.113.7')}\n`;
  // A helper has the line traced by itself.
  const slow = other.replaceAll(' use=1', ' helper=x use=1');
  for (const option of ['--all', '--json']) {
    const [fast, full] = [check([option], other), check([option], slow)];
    expect(full.stdout.replaceAll(' helper=x', '')).toBe(fast.stdout);
    expect(fast.stdout.split('\n').length).toBeGreaterThan(6);
  }
});

test('the JSON names the rules, and counts lines that are broken', () => {
  const lines = check(['--json'], `${listing}\nbroken\n`).stdout.trimEnd().split('\n');
  const [, second, third] = lines.map((line) => JSON.parse(line));
  expect(second).toMatchObject({
    admission: 'stale',
    survival: 'passes',
    from: 'lan0',
    to: 'wan0',
    quiet: 1,
  });
  expect(third).toMatchObject({
    translation: 'drift',
    expected: 'src=198.51.100.7 dst=203.0.113.1 sport=443 dport=3',
    translatedBy: [{ manip: 'source', chain: 'post', rule: 1 }],
  });
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
    total: 5,
    stale: 2,
    surviving: 2,
    drift: 1,
    broken: 1,
  });
});

describe('deleting', () => {
  test('--delete-plan prints a command for each stale connection', () => {
    expect(check(['--delete-plan']).stdout).toBe(
      [2, 4]
        .map(
          (sport) =>
            `conntrack -D -s 10.0.0.5 -d 198.51.100.7 -p tcp --sport ${sport} --dport 22 -w 0 --orig-zone 0 --reply-zone 0\n`,
        )
        .join(''),
    );
  });

  test('what no command deletes alone is said', () => {
    const gre =
      'gre 47 100 src=10.0.0.5 dst=198.51.100.7 srckey=0x0 dstkey=0x5 src=198.51.100.7 dst=203.0.113.1 srckey=0x5 dstkey=0x0 mark=0 use=1';
    const { stdout, stderr } = check(['--delete-plan'], `${gre}\n`);
    expect(stdout).toBe('');
    expect(stderr).toContain('HK7007');
  });

  test.each([
    ['a listing', ['--delete', '--yes']],
    ['an answer without a question', ['--yes']],
  ])('%s is refused', (_, words) => expectRefusal(check(words), 'HK0010'));

  test('without a terminal and without --yes nothing is deleted', () => {
    const cwd = folderWith({ 'p.hook': policy });
    expectRefusal(hookline(['conntrack', 'check', 'p.hook', 'live', '--delete'], { cwd }), 'HK0010');
  });
});

test.each([
  ['a kind that there is not', ['--only', 'fresh']],
  ['a limit that is no number', ['--limit', 'all']],
  ['connections sorted by what only groups have', ['--sort', 'stale']],
  ['a stream that is sorted', ['--all', '--sort', 'bytes']],
])('%s is refused', (_, words) => expectRefusal(check(words), 'HK0010'));

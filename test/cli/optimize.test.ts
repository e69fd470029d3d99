// `compile --optimize`: for each target what is written, what is said of it, and from which lines the rules come.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sourceMapSchema } from '../../src/core/source-map/schema.ts';
import { folderWith, hookline } from './support/hookline.ts';

const policy = `table inet filter {
  chain FORWARD hook forward priority filter policy drop {
    ip saddr 10.0.0.7 tcp dport 22 accept
    ip saddr 10.0.0.8 tcp dport 25 accept
    udp dport 53 counter
    ip saddr 10.0.0.9 tcp dport 80 accept
    ip saddr 10.0.0.10 tcp dport 443 accept
    ip saddr 10.0.0.11 tcp dport 8080 accept
    tcp dport 25 drop
  }
}
`;

function compiled(...args: readonly string[]) {
  const folder = folderWith({ 'policy.hook': policy });
  const ran = hookline(['compile', 'policy.hook', '--optimize', ...args], { cwd: folder });
  expect(ran.status).toBe(0);
  return { ...ran, folder };
}

const nft = `optimised for nft: 7 rules → 3
  1 rule gone: redundant with what follows
  5 rules → 2 with a concatenation
`;

const ipset = `: 7 rules → 4
  1 rule gone: redundant with what follows
  3 rules → 1 with a concatenation
1 set of ipset: load what`;

test.each([
  ['nft', 'ip saddr . tcp dport { 10.0.0.7 . 22, 10.0.0.8 . 25 } accept', nft],
  ['nft-json', '"concat"', nft.replace('for nft', 'for nft-json')],
  ['iptables', '-m set --match-set', ipset],
  ['ipset', 'hash:net,port', ipset],
] as const)('for %s it says what it did', (to, text, said) => {
  const { stdout, stderr } = compiled('--to', to);
  expect(stdout).toContain(text);
  expect(stderr.replaceAll('\n  1 set', '\n1 set')).toContain(said);
});

test('as data', () => {
  const { stderr } = compiled('--to', 'nft', '--json');
  expect(JSON.parse(stderr)).toMatchObject({
    schema: 'hookline.optimised/1',
    targets: [{ backEnd: 'nft', before: 7, after: 3 }],
  });
});

test('all targets go together, and what is alike is said once', () => {
  const { stderr, folder } = compiled('--to', 'all', '-o', 'build');
  expect(stderr).toContain('optimised for iptables, ip6tables, ipset: 7 rules → 4');
  expect(stderr).toContain('optimised for nft-json, nft: 7 rules → 3');
  for (const file of ['rules.v4', 'ipset.conf'])
    expect(existsSync(join(folder, 'build', file)), stderr).toBe(true);
});

test.each(['nft', 'iptables'] as const)('for %s a rule in the place of several has all their lines', (to) => {
  const { folder } = compiled('--to', to, '-o', 'out', '--source-map', 'map.json');
  const map = sourceMapSchema.parse(JSON.parse(readFileSync(join(folder, 'map.json'), 'utf8')));
  const rules = map.targets.flatMap((target) => target.rules);
  const lines = rules.map(({ place, also = [] }) =>
    [place, ...also.map((one) => one.place)].map((one) => one?.line),
  );
  expect(lines).toContainEqual([6, 7, 8]);
});

test('what is not proved is the same', () => {
  const { stdout, stderr } = compiled('--to', 'nft', '--no-proof');
  expect([stdout, stderr]).toEqual([compiled('--to', 'nft').stdout, nft]);
});

// `compile --source-map` and `--source-comments`: from a compiled rule back to its line.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sourceMapSchema } from '../../src/core/source-map/schema.ts';
import { folderWith, hookline } from './support/hookline.ts';

const policy = `def both(port : port) {
  tcp dport port accept
  udp dport port accept
}
def all(port : port) { both(port) }
table inet filter {
  chain INPUT policy drop {
    iif "wan0" all(53)
    tcp dport 22 comment "mine" accept
    tcp dport { 1, 3 } ct mark set 0x1 log "x " drop
    when iif "lan0" {
      tcp dport 80 accept
      tcp dport 81 accept
    }
  }
}
`;

function mapOf(...args: readonly string[]) {
  const folder = folderWith({ 'policy.hook': policy });
  const ran = hookline(['compile', 'policy.hook', '--source-map', 'map.json', ...args], { cwd: folder });
  expect(ran).toMatchObject({ status: 0 });
  const file = readFileSync(join(folder, 'map.json'), 'utf8');
  return sourceMapSchema.parse(JSON.parse(file));
}

test('every rule of every target is there, at its position, with its line', () => {
  const { targets } = mapOf('--to', 'all', '-o', 'build');
  expect(targets.map(({ backEnd }) => backEnd)).toEqual([
    'iptables',
    'ip6tables',
    'ipset',
    'nft-json',
    'nft',
    'sysctl',
    'routes',
  ]);
  for (const { backEnd, text, rules } of targets) {
    const lines = text.split('\n').filter((line) => backEnd.includes('tables') && line.startsWith('-A '));
    if (backEnd.includes('tables')) expect(rules.map((rule) => rule.text)).toEqual(lines);
    for (const rule of rules) {
      expect(text).toContain(rule.text);
      expect(rule.place?.source).toBe(policy.split('\n')[(rule.place?.line ?? 0) - 1]);
    }
  }
});

test('a rule out of definitions has its call and each line on the way', () => {
  const [target] = mapOf('--to', 'nft', '-o', 'out').targets;
  const found = target?.rules.find(({ text }) => text.includes('udp dport 53'));
  expect(found?.place).toMatchObject({ file: 'policy.hook', line: 8, column: 16 });
  expect(found?.calls).toMatchObject([
    { name: 'all', place: { line: 5, column: 24 } },
    { name: 'both', place: { line: 3, column: 3 } },
  ]);
});

test('the same rule has the same number in all targets, also with comments and counters', () => {
  const all = mapOf('--to', 'all', '-o', 'build', '--source-comments', '--counters').targets;
  const placesOf = (number: number) =>
    new Set(
      all.flatMap(({ rules }) => rules.filter(({ rule }) => rule === number).map((one) => one.place?.line)),
    );
  const numbers = new Set(all.flatMap(({ rules }) => rules.map(({ rule }) => rule)));
  expect(numbers.size).toBe(7);
  for (const number of numbers) expect(placesOf(number).size).toBe(1);
});

test('comments name the line, behind what the user wrote, and give up what has no place', () => {
  const long = 'f'.repeat(200);
  const folder = folderWith({
    'policy.hook': policy,
    [`${long}.hook`]: policy,
    'full.hook': `table ip filter { chain INPUT { comment "${'c'.repeat(120)}" drop } }\n`,
  });
  const commented = (file: string, to: string) =>
    hookline(['compile', file, '--to', to, '--source-comments'], { cwd: folder }).stdout;
  expect(commented('policy.hook', 'nft')).toContain('accept comment "mine, policy.hook:9"');
  expect(commented('policy.hook', 'iptables')).toContain('--comment "mine, policy.hook:9"');
  expect(commented(`${long}.hook`, 'nft')).not.toContain('ffff:');
  expect(commented(`${long}.hook`, 'iptables')).toContain(`"mine, ${long}.hook:9"`);
  expect(commented('full.hook', 'nft')).toContain(`comment "${'c'.repeat(120)}"`);
});

// How deep chains may be nested, and which loops load: hookline refuses what the kernel refuses, and nothing else.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { compile } from '../../src/core/compile.ts';
import { hasErrors } from '../../src/core/diagnostic/diagnostic.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { describeKernel } from './support/require.ts';

/** Rules that lead to a chain, in nft text. */
const ways: Readonly<Record<string, (chain: string) => string>> = {
  jump: (chain) => `jump ${chain}`,
  goto: (chain) => `goto ${chain}`,
  'verdict map': (chain) => `udp dport vmap { 53 : goto ${chain} }`,
  'named verdict map': (chain) => `udp dport vmap @to_${chain}`,
};

/** The last chain, so many jumps below the base chain, is entered last. */
function nested(levels: number, way: (chain: string) => string, last = 'accept'): string {
  const names = Array.from({ length: levels }, (_, at) => `c${at + 1}`);
  const rules = names.map((_, at) => (names[at + 1] === undefined ? last : way(names[at + 1] ?? '')));
  const maps = names.map(
    (name) => `map to_${name} { type inet_service : verdict; elements = { 53 : jump ${name} }\n }`,
  );
  const chains = names.map((name, at) => `chain ${name} {\n${rules[at]}\n}`).toReversed();
  const base = `chain base {\ntype filter hook forward priority 0\n${way('c1')}\n}`;
  // Maps name chains, so that these are declared before.
  const declared = names.map((name) => `chain ${name} {\n}`);
  return `table ip t {\n${[...declared, ...maps, ...chains, base].join('\n')}\n}\n`;
}

const anonymous = 'udp dport 53 jump {\naccept\n}';

const texts: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [15, 16].flatMap((levels) =>
      Object.entries(ways).map(([name, way]) => [`${levels} levels, ${name}`, nested(levels, way)]),
    ),
  ),
  'an anonymous chain as the 15th': nested(14, (chain) => `jump ${chain}`, anonymous),
  'an anonymous chain as the 16th': nested(15, (chain) => `jump ${chain}`, anonymous),
  'a loop': nested(2, (chain) => `jump ${chain}`, 'goto c1'),
  'a loop at no hook': nested(2, (chain) => `jump ${chain}`, 'goto c1').replace(
    'type filter hook forward priority 0',
    '',
  ),
  'a deep nest at no hook': nested(20, (chain) => `jump ${chain}`).replace(
    'type filter hook forward priority 0',
    '',
  ),
};

const saved = (levels: number, option: string, last: string) =>
  [
    '*filter',
    ...Array.from({ length: levels }, (_, at) => `:c${at + 1} - [0:0]`),
    `-A FORWARD ${option} c1`,
    ...Array.from({ length: levels - 1 }, (_, at) => `-A c${at + 1} ${option} c${at + 2}`),
    `-A c${levels} ${last}`,
    'COMMIT',
    '',
  ].join('\n');

const dumps: Readonly<Record<string, string>> = {
  '15 levels': saved(15, '-j', '-j ACCEPT'),
  '16 levels': saved(16, '-j', '-j ACCEPT'),
  '16 levels of goto': saved(16, '-g', '-j ACCEPT'),
  'a loop': saved(3, '-j', '-g c1'),
};

/** Whether a program loads a text in a namespace of its own. */
function loads(program: string, args: readonly string[], input: string): boolean {
  return spawnSync('unshare', ['-n', program, ...args], { input, timeout: 240_000 }).status === 0;
}

describeKernel('nested chains', ['nft', 'iptables-legacy-restore', 'iptables-nft-restore', 'unshare'], () => {
  test.each(Object.entries(texts))('%s, in nft', (_, text) => {
    const { value } = loadPolicy({ name: 'nested.nft', text });
    expect(value !== undefined).toBe(loads('nft', ['-f', '/dev/stdin'], text));
  });

  test.each(Object.entries(dumps))('%s, in iptables', (_, text) => {
    const { value } = loadPolicy({ name: 'nested.save', text });
    expect(value !== undefined).toBe(loads('iptables-legacy-restore', ['--wait', '20'], text));
    if (!value) return;
    const { value: written = '', diagnostics } = compile(value.ruleSet, 'iptables');
    expect(diagnostics.length === 0).toBe(loads('iptables-nft-restore', [], written));
    expect(hasErrors(compile(value.ruleSet, 'nft').diagnostics)).toBe(diagnostics.length > 0);
  });
});

// `init nat-gateway`: what it writes, where, and what it refuses.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectRefusal, folderWith, hookline, namesIn } from './support/hookline.ts';

const sides = ['--inside', 'lan0', '--inside-net', '192.168.1.0/24', '--outside', 'wan0'];

test('writes a policy that is valid, in its layout, and passes its tests', () => {
  const folder = folderWith({});
  const args = ['init', 'nat-gateway', ...sides, '--forward', 'tcp:8080:192.168.1.2:80'];
  expect(hookline(args, { cwd: folder })).toEqual({ status: 0, stdout: '', stderr: 'policy.hook\n' });
  for (const command of [['check'], ['fmt', '--check'], ['test']])
    expect(hookline([...command, 'policy.hook'], { cwd: folder })).toMatchObject({ status: 0, stderr: '' });
});

/** What is written for the sides and more flags. */
function run(...args: readonly string[]) {
  return hookline(['init', 'nat-gateway', ...sides, ...args, '-o', '-'], { cwd: folderWith({}) });
}

test('takes next hops and weights, and says what it assumes', () => {
  expect(run().stdout).toContain('assumed to be 203.0.113.254.');
  const known = run('--via', '203.0.113.9').stdout;
  expect(known).not.toContain('assumed');
  expect(known).toContain('route default via 203.0.113.9 dev "wan0"');
  const second = [
    '--outside-address',
    '203.0.113.1/24',
    '--outside',
    'wan1',
    '--outside-address',
    '198.51.100.1/24',
  ];
  expect(run(...second, '--weight', '3').stdout).toContain(
    'outside "wan0" masquerade via 203.0.113.254 weight 3',
  );
  expectRefusal(run('--weight', '3'), 'HK0010');
  expectRefusal(run('--via', '192.168.1.9'), 'HK0010');
});

test('replaces no file unless it is told to', () => {
  const folder = folderWith({ 'policy.hook': 'mine' });
  const args = ['init', 'nat-gateway', ...sides];
  expectRefusal(hookline(args, { cwd: folder }), 'HK0021');
  expect(readFileSync(join(folder, 'policy.hook'), 'utf8')).toBe('mine');
  expect(hookline([...args, '--force'], { cwd: folder }).status).toBe(0);
  expect(readFileSync(join(folder, 'policy.hook'), 'utf8')).toContain('gateway home');
});

test('refuses what is missing or no value, and writes nothing', () => {
  const folder = folderWith({});
  const start = (...args: readonly string[]) => hookline(['init', 'nat-gateway', ...args], { cwd: folder });
  expectRefusal(start(), 'HK0010');
  expectRefusal(start(...sides, '--forward', 'tcp:80:192.168.1.2" }'), 'HK0010');
  expectRefusal(start(...sides, '--forward', 'tcp:80:192.168.9.2'), 'HK0010');
  expect(namesIn(folder)).toEqual([]);
});

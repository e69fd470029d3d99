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
  const run = (...args: readonly string[]) => hookline(['init', 'nat-gateway', ...args], { cwd: folder });
  expectRefusal(run(), 'HK0010');
  expectRefusal(run(...sides, '--forward', 'tcp:80:192.168.1.2" }'), 'HK0010');
  expectRefusal(run(...sides, '--forward', 'tcp:80:192.168.9.2'), 'HK0010');
  expect(namesIn(folder)).toEqual([]);
});

// `hookline conntrack watch`: what it refuses, and what its help says. What it shows of real connections is asked of the
// kernel in test/kernel.
import { expect, test } from 'vitest';
import { example, expectRefusal, hookline } from './support/hookline.ts';

test.each([
  ['no terminal', [], 'HK0010'],
  ['an interval that is none', ['--json', '--interval', 'soon'], 'HK0010'],
  ['an interval that is too short', ['--json', '--interval', '0'], 'HK0010'],
  ['no screens at all', ['--json', '--count', '0'], 'HK0010'],
  ['a filter that is none', ['--json', '--match', '--nonsense'], 'HK7005'],
])('refuses %s', (_, words, code) => {
  expectRefusal(hookline(['conntrack', 'watch', example, ...words]), code);
});

test('says what to do without a terminal', () => {
  expect(hookline(['conntrack', 'watch', example]).stderr).toContain('`--json`');
});

test('says its keys in its help', () => {
  const { status, stdout } = hookline(['conntrack', 'watch', '--help']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/Keys: q quit, s sort, \/ filter, p pause/);
});

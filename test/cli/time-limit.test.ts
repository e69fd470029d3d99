// Analyses of all packets whose time is over say what they have not looked at, and that is no answer.
import { expect, test } from 'vitest';
import { folderWith, hookline } from './support/hookline.ts';

function policy(port: number): string {
  return `table inet filter {
  chain input hook input priority filter policy drop { tcp dport ${port} accept }
}
`;
}

const files = { 'a.hook': policy(22), 'b.hook': policy(23) };

test.each([
  { words: ['query', 'a.hook', 'accepted'] },
  { words: ['diff', 'a.hook', 'b.hook'] },
  { words: ['services', 'a.hook'] },
])('$words.0 without any time', ({ words }) => {
  const cwd = folderWith(files);
  const { status, stdout } = hookline([...words, '--time-limit', '0'], { cwd });
  expect(status).toBe(2);
  expect(stdout).toContain('not looked at to the end');
  const json: unknown = JSON.parse(hookline([...words, '--time-limit', '0', '--json'], { cwd }).stdout);
  expect(json).toHaveProperty(['missed', 0]);
});

test('rows beyond the limit are counted', () => {
  const { stdout } = hookline(['query', 'a.hook', 'dropped', '--limit', '1'], {
    cwd: folderWith(files),
  });
  expect(stdout).toMatch(/^and \d+ more, which `--json` has$/m);
});

// `hookline test` on assertions: how a broken one and one that is not proved are told, and what the exit code says.
import { expect, test } from 'vitest';
import { hookline } from './support/hookline.ts';

function policy(claim: string): string {
  return `table inet filter { chain forward hook forward priority filter policy drop { iif "a" tcp dport 22 accept } }
assert "no ssh" { ${claim} }
`;
}

const open = policy('never accept iif "a" oif "b" tcp dport 22');
const closed = policy('never accept iif "a" oif "b" tcp dport 23');

test('a packet that breaks an assertion is shown with its trace, and the run fails', () => {
  const { status, stdout } = hookline(['test', '-'], { input: open });
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /^✗ no ssh\n {2}never accept iif "a" oif "b" tcp dport 22: this packet breaks it {2}<stdin>:2\n/,
  );
  expect(stdout).toMatch(/^ {4}packet {2}in a out b tcp .*:22 /m);
  expect(stdout).toContain('rule 1 of inet filter forward');
  expect(stdout).toMatch(/\n0 passed, 1 failed, 0 not proved\n$/);
});

test('without one the assertion neither passes nor fails', () => {
  const { status, stdout } = hookline(['test', '-', '--samples', '50'], { input: closed });
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^\? no ssh: not proved\n {2}never accept .*: none of \d+ packets that meet the condition breaks it {2}<stdin>:2\n/,
  );
  expect(stdout).toMatch(/\n0 passed, 0 failed, 1 not proved\n$/);
});

test('JSON has the same', () => {
  const broken = JSON.parse(hookline(['test', '-', '--json', '--seed', '3'], { input: open }).stdout);
  expect(broken).toMatchObject({ passed: 0, failed: 1, notProved: 0 });
  expect(broken.assertions[0]).toMatchObject({ result: 'failed', seed: 3, claims: [{ open: 0 }] });
  expect(broken.assertions[0].claims[0].trace.verdict).toBe('accept');
  const not = JSON.parse(hookline(['test', '-', '--json'], { input: closed }).stdout);
  expect(not).toMatchObject({ passed: 0, failed: 0, notProved: 1 });
  expect(not.assertions[0]).toMatchObject({ result: 'not proved', samples: 1000 });
  expect(not.assertions[0].claims[0].tried).toBeGreaterThan(100);
});

test('what is no number is refused', () => {
  const { status, stderr } = hookline(['test', '-', '--samples', 'many'], { input: closed });
  expect(status).toBe(2);
  expect(stderr).toContain('`--samples many` is not a whole number');
});

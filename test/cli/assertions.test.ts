// `hookline test` on assertions: how a broken one, one that holds and one that is not proved are told, in every format, and
// what the exit code says.
import { expect, test } from 'vitest';
import { isAsPublished } from '../support/published.ts';
import { hookline } from './support/hookline.ts';

function policy(claim: string): string {
  return `table inet filter { chain forward hook forward priority filter policy drop {
  iif "a" tcp dport 22 accept
  iif "b" tcp dport 22 limit 5/minute accept
} }
assert "no ssh" { ${claim} }
`;
}

const open = policy('never accept iif "a" oif "b" tcp dport 22');
const closed = policy('never accept iif "a" oif "b" tcp dport 23');
const limited = policy('never accept iif "b" oif "a" tcp dport 22');

test('a packet that breaks an assertion is shown with its trace, and the run fails', () => {
  const { status, stdout } = hookline(['test', '-'], { input: open });
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /^✗ no ssh\n {2}never accept iif "a" oif "b" tcp dport 22: this packet breaks it {2}<stdin>:5\n/,
  );
  expect(stdout).toMatch(/^ {4}packet {2}in a out b tcp .*:22 /m);
  expect(stdout).toContain('rule 1 of inet filter forward (<stdin>:2)');
  expect(stdout).toMatch(/\n0 passed, 1 failed, 0 not proved\n$/);
});

test('one that holds for all packets passes', () => {
  const { status, stdout } = hookline(['test', '-'], { input: closed });
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: '✓ no ssh\n\n1 passed, 0 failed, 0 not proved\n',
  });
});

test('one that depends on what nobody can tell is not proved, and the run fails', () => {
  const { status, stdout } = hookline(['test', '-'], { input: limited });
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /^\? no ssh: not proved\n.*: this packet may break it, if `limit 5\/minute .*` holds {2}<stdin>:5\n/,
  );
  expect(stdout).toMatch(/\n0 passed, 0 failed, 1 not proved\n$/);
});

test('one that there was no time for is not proved, and the run fails', () => {
  const { status, stdout } = hookline(['test', '-', '--time-limit', '0'], { input: closed });
  expect(status).toBe(1);
  expect(stdout).toContain('not proved before the time was over');
});

test('a condition that no packet meets is said', () => {
  const { status, stdout } = hookline(['test', '-'], {
    input: policy('never accept tcp dport 22 meta l4proto udp'),
  });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^✓ no ssh\n.*it holds, for no packet meets the condition/);
});

test.each([
  ['broken', open, 'failed', 'accept'],
  ['holding', closed, 'passed', undefined],
  ['limited', limited, 'not proved', 'accept'],
])('JSON has the same of one that is %s', (_, input, result, verdict) => {
  const found = JSON.parse(hookline(['test', '-', '--json'], { input }).stdout);
  expect(isAsPublished(found)).toBe(true);
  expect(found.assertions).toMatchObject([{ result }]);
  expect(found.assertions[0].claims[0].trace?.verdict).toBe(verdict);
});

const several = `${limited}assert "no telnet <&> #1" { never accept iif "a" oif "b" tcp dport 23 }\n`;

test('TAP counts what is not proved as a failure', () => {
  const { status, stdout } = hookline(['test', '-', '--format', 'tap'], { input: several });
  expect(status).toBe(1);
  expect(stdout).toMatch(/^TAP version 13\n1\.\.2\nnot ok 1 - no ssh \(not proved\)\n# {3}never accept /);
  expect(stdout).toMatch(/\nok 2 - no telnet <&> \\#1\n$/);
});

test('JUnit has a case for each, escaped', () => {
  const { stdout } = hookline(['test', '-', '--format', 'junit'], { input: several });
  expect(stdout).toMatch(/^<\?xml .*\n<testsuites>\n<testsuite name="-" tests="2" failures="1">\n/);
  expect(stdout).toContain('<failure type="not proved" message="never accept iif &quot;b&quot;');
  expect(stdout).toContain(
    '<testcase name="no telnet &lt;&amp;&gt; #1" classname="assertion" file="-" line="6"/>',
  );
});

test('what is no number is refused', () => {
  const { status, stderr } = hookline(['test', '-', '--time-limit', 'long'], { input: closed });
  expect(status).toBe(2);
  expect(stderr).toContain('`long` is no number of seconds');
});

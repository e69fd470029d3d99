// `hookline explain WHAT`: a code, a rule and a line of the log are told by their look.
import { expect, test } from 'vitest';
import { example, expectRefusal, hookline } from './support/hookline.ts';

const log =
  'IN=wan0 OUT= SRC=192.0.2.7 DST=203.0.113.1 LEN=60 TTL=64 PROTO=TCP SPT=4000 DPT=22 WINDOW=1024 SYN URGP=0';

test('a rule', () => {
  const { status, stdout, stderr } = hookline(['explain', 'tcp', 'dport', '22', 'drop']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toBe(
    [
      'tcp dport 22 drop',
      '  tcp dport 22  The destination port of a TCP packet; others never match.',
      '  drop          Ends the packet without an answer; nothing sees it any more.',
      '',
      'nft        tcp dport 22 drop',
      'iptables   -p tcp -m tcp --dport 22 -j DROP',
      'ip6tables  -p tcp -m tcp --dport 22 -j DROP',
      '',
    ].join('\n'),
  );
});

test('a line of the log is traced', () => {
  const { status, stdout, stderr } = hookline(['explain', '--policy', example, log]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('because  the policy of inet filter input');
});

test('and is nothing without a policy', () => {
  expectRefusal(hookline(['explain', log]), 'HK0010');
});

test.each([['HK9'], ['hk99999'], ['tcp dport 22', '--rule', 'x']])('%s is refused', (...words) => {
  expectRefusal(hookline(['explain', ...words]), 'HK0010');
});

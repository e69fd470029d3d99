// `trace --conntrack`: a listed connection as a new one, and as the one that it is.
import { expect, test } from 'vitest';
import { example, expectRefusal, hookline } from './support/hookline.ts';

const outward =
  'tcp 6 431999 ESTABLISHED src=10.0.0.5 dst=198.51.100.7 sport=51000 dport=25 src=198.51.100.7 dst=203.0.113.1 sport=25 dport=51000 [ASSURED] mark=0 use=1';

test('a connection that today’s rules refuse goes on', () => {
  const { status, stdout } = hookline(['trace', example, '--conntrack', outward, '--json']);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: 'reject',
    conntrack: { state: 'new' },
    established: {
      original: { verdict: 'accept', fate: 'forwarded', out: 'wan0', packet: { source: '203.0.113.1' } },
      reply: { verdict: 'accept', fate: 'forwarded', out: 'lan0', packet: { destination: '10.0.0.5' } },
    },
  });
});

test('as text: three traces', () => {
  const { stdout } = hookline(['trace', example, '--conntrack', outward]);
  expect(stdout.match(/^(As .*|verdict .*?),? .*$/gm)?.map((line) => line.slice(0, 44))).toEqual([
    'As a new connection:',
    expect.stringContaining('verdict  reject'),
    'As it is now, a packet of the side that bega',
    expect.stringContaining('verdict  accept'),
    'As it is now, a packet of the other side:',
    expect.stringContaining('verdict  accept'),
  ]);
});

test('what is no entry, or stands beside packets, is refused', () => {
  expectRefusal(hookline(['trace', example, '--conntrack', 'tcp 6 src=1']), 'HK7002');
  expectRefusal(hookline(['trace', example, '--conntrack', outward, '--log', '-']), 'HK0010');
});

// `hookline reach`: yes and no with the exit code, JSON, and what is wrong with the question.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hookline } from './support/hookline.ts';

const network = join(import.meta.dirname, '../../examples/two-gateways/network.hook');

describe('hookline reach', () => {
  test('a pair that can talk', () => {
    const { status, stdout } = hookline(['reach', network, 'a', '200.200.200.1', '--tcp', '443']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^yes {2}a 192\.168\.1\.2 → 200\.200\.200\.1 {2}tcp 443\n/);
    expect(stdout).toContain('answer: the program answers');
  });

  test('a pair that can not, with the place and the reason', () => {
    const { status, stdout } = hookline(['reach', network, '192.168.1.2', '192.168.2.2', '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'hookline.reach/1',
      from: { host: 'a', address: '192.168.1.2' },
      to: '192.168.2.2',
      verdict: 'no',
      failure: { direction: 'there', host: 'internet', why: 'dropped: no-route' },
      ways: [{ end: { kind: 'lost' }, hops: [{ host: 'a' }, { host: 'gateway-a' }, { host: 'internet' }] }],
    });
  });

  test('a port that nobody listens on', () => {
    const { status, stdout } = hookline(['reach', network, 'gateway-b', 'b', '--tcp', '80']);
    expect(status).toBe(1);
    expect(stdout).toContain('b refuses it: closed port');
  });

  test('every pair', () => {
    const { status, stdout } = hookline(['reach', network, '--json']);
    expect(status).toBe(1);
    const { schema, pairs } = JSON.parse(stdout);
    expect(schema).toBe('hookline.reach-matrix/1');
    expect(pairs).toHaveLength(90);
  });

  test.each([
    [['aa', '8.8.8.8'], 'neither an address nor a host'],
    [['192.168.9.9', '8.8.8.8'], 'no host has the address'],
    [['a', '8.8.8.8', '--tcp', '99999'], 'is no port'],
    [['a', '8.8.8.8', '--tcp', '1', '--udp', '1'], 'exclude each other'],
    [['a'], 'say where to'],
    [['a', '2001:db8::1'], 'no route to 2001:db8::1'],
  ])('%j', (args, message) => {
    const { status, stdout, stderr } = hookline(['reach', network, ...args]);
    expect(status).toBeGreaterThan(0);
    expect(stdout + stderr).toContain(message);
  });
});

test('trace --across takes the host in front of the packet, or from --on', () => {
  const packet = 'out icmp 192.168.1.2 -> 192.168.1.3 echo-request';
  const first = hookline(['trace', network, '--across', `a: ${packet}`]);
  expect(first.stdout).toContain('delivered to a2');
  expect(hookline(['trace', network, '--across', packet, '--on', 'a']).stdout).toBe(first.stdout);
  const { status, stderr } = hookline(['trace', network, '--across', `b2: ${packet}`]);
  expect(status).toBe(2);
  expect(stderr).toContain('there is no host `b2`');
});

// `hookline source`: the address that is picked is that of a trace, and each other one has a reason.
import { expect, test } from 'vitest';
import { expectRefusal, folderWith, hookline } from './support/hookline.ts';

const host = `host gw {
  interface "lan0" { address 10.0.0.1/24; address 10.0.0.5/24; address 192.168.7.1/30 }
  interface "wan0" { address 203.0.113.1/24; address 2001:db8:5::1/64; address fd00::1/64 }
  interface "tun0" { }
  route default via 203.0.113.254 dev "wan0"
  route default via 2001:db8:5::fe dev "wan0"
  route 10.9.0.0/16 via 10.0.0.9 src 10.0.0.5
  route 10.8.0.0/16 dev "tun0"
  route default dev "lan0" table 7
  rule fwmark 0x7 lookup 7
}
`;

function answer(...words: string[]) {
  const { status, stdout, stderr } = hookline(['source', 'host.hook', ...words, '--json'], {
    cwd: folderWith({ 'host.hook': host }),
  });
  expect(stderr).toBe('');
  return { status, ...JSON.parse(stdout) };
}

test.each<[string, string[], string, RegExp]>([
  ['the outgoing device', ['1.1.1.1'], '203.0.113.1', /^the first primary address of `wan0` in one subnet/],
  ['the route', ['10.9.0.1'], '10.0.0.5', /^the route's preferred source$/],
  ['another interface', ['10.8.0.1'], '10.0.0.1', /^`tun0` has no suitable address, `lan0` lends one$/],
  ['a rule of routing', ['1.1.1.1', '--mark', '0x7'], '10.0.0.1', /^the first primary address of `lan0`$/],
  ['the program', ['1.1.1.1', '--from', '192.168.7.1'], '192.168.7.1', /^the program has bound it$/],
  ['the local route', ['10.0.0.5'], '10.0.0.1', /^the route's preferred source$/],
  ['RFC 6724', ['fd00::7'], 'fd00::1', /^its label is that of the destination$/],
  ['a bound interface', ['1.1.1.1', '--by', 'lan0'], '10.0.0.1', /./],
  ['what is left', ['10.0.0.9', '--without', '10.0.0.1'], '203.0.113.1', /in one subnet/],
  ['what is up', ['1.1.1.1', '--mark', '0x7', '--down', 'wan0'], '10.0.0.1', /./],
])('by %s', (_, words, source, why) => {
  const found = answer(...words);
  expect(found).toMatchObject({
    status: 0,
    schema: 'hookline.source/1',
    source,
    why: expect.stringMatching(why),
  });
  for (const one of found.addresses) {
    expect(one.chosen).toBe(one.address === source);
    expect(one.why).toMatch(/\S/);
  }
});

test('what goes with an address is said', () => {
  const { changes } = answer('1.1.1.1', '--without', '10.0.0.1/24', '--without', '192.168.7.1');
  expect(changes).toEqual([
    '`ip address del 10.0.0.1/24 dev lan0`: 10.0.0.5/24 goes with it: it was secondary to it; the route `10.9.0.0/16 via 10.0.0.9 dev lan0` goes',
    '`ip address del 192.168.7.1/30 dev lan0`: the route `default dev lan0` goes',
  ]);
});

test('a foreign address can not be bound', () => {
  expect(answer('1.1.1.1', '--from', '9.9.9.9')).toMatchObject({
    status: 1,
    source: null,
    route: 'no-route',
  });
});

test.each([
  ['x'],
  ['1.1.1.1', '--by', 'eth9'],
  ['1.1.1.1', '--down', 'eth9'],
  ['1.1.1.1', '--without', '9.9.9.9'],
  ['1.1.1.1', '--mark', 'red'],
  ['1.1.1.1', '--from', '1.1.1'],
])('%s is refused', (...words) => {
  expectRefusal(
    hookline(['source', 'host.hook', ...words], { cwd: folderWith({ 'host.hook': host }) }),
    'HK0010',
  );
});

// `hookline diff --conntrack` as its users see it: what a change of policy does to listed connections.
import { expect, test } from 'vitest';
import { folderWith, hookline, type Ran } from './support/hookline.ts';

/** A gateway that lets these ports out, and translates to this address. */
function policy(head: string, ports: string, address: string): string {
  return `table inet filter {
  chain forward hook forward priority filter policy drop {
    ${head}
    ct state established,related accept
    iifname "lan0" tcp dport { ${ports} } accept
  }
}
table ip nat {
  chain post type nat hook postrouting priority srcnat { oifname "wan0" snat to ${address} }
}
host gw {
  interface "wan0" { address 203.0.113.1/24 }
  interface "lan0" { address 10.0.0.1/24 }
  route default via 203.0.113.254 dev "wan0"
  sysctl net.ipv4.ip_forward = 1
}
`;
}

const today = policy('', '22, 25, 443', '203.0.113.1');

/** A connection from the LAN. */
function listed(sport: number, dport: number): string {
  return `tcp 6 431999 ESTABLISHED src=10.0.0.5 dst=198.51.100.7 sport=${sport} dport=${dport} packets=1 bytes=100 src=198.51.100.7 dst=203.0.113.1 sport=${dport} dport=${sport} packets=1 bytes=0 [ASSURED] mark=0 use=1`;
}

const entries = [listed(5001, 443), listed(5002, 443), listed(5003, 22), listed(5004, 25), listed(5005, 80)];

function diff(after: string, ...words: readonly string[]): Ran {
  const files = { 'a.hook': today, 'b.hook': after, 'c.txt': `${entries.join('\n')}\nno connection\n` };
  return hookline(['diff', 'a.hook', 'b.hook', '--conntrack', 'c.txt', ...words], { cwd: folderWith(files) });
}

interface Line {
  readonly schema: string;
  readonly impact?: string;
  readonly service?: string;
  readonly connections: number;
  readonly before: string;
  readonly after: string;
}

function linesOf({ stdout }: Ran): readonly Line[] {
  return stdout
    .trim()
    .split('\n')
    .map((line): Line => JSON.parse(line));
}

function groupsOf(ran: Ran): readonly string[] {
  return linesOf(ran).flatMap(({ impact, service, connections }) =>
    impact === undefined ? [] : [`${impact} ${service} ${connections}`],
  );
}

test('the same policy changes nothing', () => {
  const ran = diff(today);
  expect(ran.status).toBe(0);
  expect(ran.stdout).toContain('5 connections, 5 as before');
});

test.each([
  [
    'a service that is no longer let out survives',
    policy('', '25, 443', '203.0.113.1'),
    ['surviving tcp 22 1'],
  ],
  [
    'what is dropped before known connections pass is cut',
    policy('tcp dport 25 drop', '22, 25, 443', '203.0.113.1'),
    ['cut tcp 25 1'],
  ],
  [
    'another address for the next connection',
    policy('', '22, 25, 443', '203.0.113.9'),
    ['retranslated tcp 443 2', 'retranslated tcp 22 1', 'retranslated tcp 25 1'],
  ],
  ['what is admitted only from now on', policy('', '22, 25, 80, 443', '203.0.113.1'), ['opened tcp 80 1']],
])('%s', (_, after, expected) => {
  const ran = diff(after, '--json');
  expect(groupsOf(ran)).toEqual(expected);
  expect(ran.status).toBe(1);
});

test('both rules that decide are named, and lines that are no connections counted', () => {
  const lines = linesOf(diff(policy('tcp dport 25 drop', '22, 25, 443', '203.0.113.1'), '--json'));
  expect(lines[0]).toMatchObject({
    before: expect.stringContaining('rule 2 of inet filter forward (a.hook:5)'),
    after: expect.stringContaining('rule 1 of inet filter forward (b.hook:3): tcp dport 25 drop'),
    example: '10.0.0.5:5004 -> 198.51.100.7:25',
  });
  expect(lines.at(-1)).toMatchObject({ schema: 'hookline.impacts/1', connections: 5, broken: 1 });
});

test('without connections it is about all packets', () => {
  const cwd = folderWith({ 'a.hook': today });
  expect(hookline(['diff', 'a.hook', 'a.hook'], { cwd })).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('all packets fare the same'),
  });
});

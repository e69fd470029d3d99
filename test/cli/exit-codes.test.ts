// The exit codes of the README, each by a command.
import { expect, test } from 'vitest';
import { folderWith, hookline } from './support/hookline.ts';

const table =
  'table inet filter {\n  chain forward hook forward priority filter policy drop { tcp dport 22 accept }\n}\n';
const packet = 'in wan0 out lan0 tcp 192.0.2.1:5 -> 192.0.2.2:22 syn';

function testOf(verdict: string): string {
  return `test "one" {\n  packet in "wan0" out "lan0" ${packet.slice(packet.indexOf('tcp'))}\n  expect ${verdict}\n}\n`;
}

function assertion(port: number): string {
  return `assert "one" {\n  never accept iif "wan0" oif "lan0" tcp dport ${port}\n}\n`;
}

const files = {
  'passes.hook': table + testOf('accept'),
  'fails.hook': table + testOf('drop'),
  'not-proved.hook': table + assertion(23),
  'broken.hook': table + assertion(22),
  'invalid.hook': 'table inet filter { chain c { frob } }\n',
  'no-place.hook': 'table inet t {\n  chain c hook input priority 5 {\n    accept\n  }\n}\n',
  'no-policy.hook': 'tabel t\n',
  'unknown.save': '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m frob --knob -j ACCEPT\nCOMMIT\n',
};

test.each<[number, readonly string[]]>([
  [0, ['test', 'passes.hook']],
  [1, ['test', 'fails.hook']],
  [1, ['test', 'passes.hook', 'fails.hook']],
  [0, ['test', 'not-proved.hook']],
  [1, ['test', 'broken.hook']],
  [2, ['test', 'invalid.hook']],
  [0, ['check', 'passes.hook']],
  [0, ['check', 'no-place.hook']],
  [2, ['check', 'invalid.hook']],
  [0, ['fmt', '--check', 'no-place.hook']],
  [1, ['fmt', '--check', 'passes.hook']],
  [2, ['fmt', '--check', 'no-policy.hook']],
  [2, ['compile', 'passes.hook']],
  [2, ['compile', 'no-place.hook', '--to', 'iptables']],
  [1, ['compile', 'unknown.save', '--to', 'nft', '--partial']],
  [2, ['compile', 'unknown.save', '--to', 'nft']],
  [0, ['trace', 'fails.hook', packet]],
  [0, ['trace', 'fails.hook', packet.replace(':22', ':23')]],
  [2, ['trace', 'fails.hook', 'nonsense']],
  [0, ['explain', 'HK2001']],
  [2, ['explain', 'HK9999']],
  [2, ['nonsense']],
])('%i: %j', (status, args) => {
  expect(hookline(args, { cwd: folderWith(files) }).status).toBe(status);
});

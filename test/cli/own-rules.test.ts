// Every command that asks about one host takes the rules that this host has, which may be its own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, hookline } from './support/hookline.ts';

function host(name: string, address: string, rules: string): string {
  return `host ${name} {
  interface "eth0" { address ${address}/24 }
  route default via 10.0.0.254
${rules}}
`;
}

function table(verdict: string, to: string): string {
  return `table inet filter {
  chain input hook input priority filter policy accept { tcp dport 22 log prefix "${verdict}: " ${verdict} }
}
table ip nat {
  chain post hook postrouting priority srcnat { udp dport 53 snat to ${to} }
}
`;
}

const packet = 'tcp 10.0.0.9:40000 -> 10.0.0.1:22 syn';

/** `open` has the rules of the top level, `shut` its own. */
const files = {
  'p.hook': `${table('accept', '10.0.0.1:3000-3499')}
${host('open', '10.0.0.1', '')}
${host('shut', '10.0.0.1', table('drop', '10.0.0.1:3000-3999'))}
test "shut drops" { on shut ; packet in "eth0" ${packet} ; expect drop }
test "open accepts" { on open ; packet in "eth0" ${packet} ; expect accept }
assert "shut" { on shut ; never accept iif "eth0" tcp dport 22 }
`,
  'other.save': '*mangle\n:INPUT ACCEPT [0:0]\nCOMMIT\n',
  'packets.txt': `in eth0 ${packet}\n`,
  'c.txt': [
    'tcp 6 431999 ESTABLISHED src=10.0.0.9 dst=10.0.0.1 sport=40000 dport=22 src=10.0.0.1 dst=10.0.0.9 sport=22 dport=40000 [ASSURED] mark=0 use=1',
    'udp 17 29 src=10.0.0.1 dst=192.0.2.53 sport=9 dport=53 src=192.0.2.53 dst=10.0.0.1 sport=53 dport=3001 mark=0 use=1',
  ].join('\n'),
};

function run(words: readonly string[]): string {
  const { stdout, stderr } = hookline(words, { cwd: folderWith(files) });
  expect(stderr).not.toContain('error');
  return stdout;
}

function verdictOf(words: readonly string[], on: string): unknown {
  return JSON.parse(run(['trace', 'p.hook', ...words, '--on', on, '--json'])).verdict;
}

const line = files['c.txt'].split('\n')[0] ?? '';
const log = `drop: IN=eth0 OUT= SRC=10.0.0.9 DST=10.0.0.1 LEN=60 TTL=64 PROTO=TCP SPT=40000 DPT=22 WINDOW=64 SYN URGP=0`;

test.each([
  ['a packet', [`in eth0 ${packet}`]],
  ['packets of a file', ['--packets', 'packets.txt']],
  ['a connection', ['--conntrack', line]],
  ['a line of the log', ['--log', log]],
  ['a packet, with other rules beside', [`in eth0 ${packet}`, '--with', 'other.save']],
])('trace: %s', (_, words) => {
  expect([verdictOf(words, 'open'), verdictOf(words, 'shut')]).toEqual(['accept', 'drop']);
});

test('test', () => {
  const { passed, failed, notProved } = JSON.parse(run(['test', 'p.hook', '--json']));
  expect({ passed, failed, notProved }).toEqual({ passed: 3, failed: 0, notProved: 0 });
});

test('conntrack check', () => {
  const stale = ['open', 'shut'].map((on) => {
    const [connection = ''] = run(['conntrack', 'check', 'p.hook', 'c.txt', '--on', on, '--json']).split(
      '\n',
    );
    return JSON.parse(connection).admission;
  });
  expect(stale).toEqual(['admitted', 'stale']);
});

test('conntrack stats', () => {
  const ranges = ['open', 'shut'].map((on) => {
    const words = ['conntrack', 'stats', 'c.txt', '--policy', 'p.hook', '--on', on, '--json'];
    return JSON.parse(run(words)).ports[0].range;
  });
  expect(ranges).toEqual([
    { lo: 3000, hi: 3499 },
    { lo: 3000, hi: 3999 },
  ]);
});

function textOn(on: string): string {
  return run(['compile', 'p.hook', '--to', 'nft', '--on', on]);
}

test('compiling takes the rules of the host that is named', () => {
  expect(textOn('shut')).toContain('tcp dport 22 log prefix "drop: " drop');
  expect(textOn('open')).toContain('tcp dport 22 log prefix "accept: " accept');
});

test('rules that only hosts have are not left out when none is named', () => {
  const only = `${host('one', '10.0.0.1', table('drop', '10.0.0.1'))}${host('two', '10.0.0.2', '')}`;
  const compiled = hookline(['compile', 'p.hook', '--to', 'nft'], { cwd: folderWith({ 'p.hook': only }) });
  expect(compiled).toMatchObject({ status: 2, stdout: '' });
  expect(compiled.stderr).toContain('choose one with `--on NAME`');
});

test('all back ends of all hosts are written, each host in a folder of its own', () => {
  const cwd = folderWith(files);
  const { status } = hookline(['compile', 'p.hook', '--to', 'all', '-o', 'build'], { cwd });
  expect(status).toBe(0);
  const rules = (name: string) => readFileSync(join(cwd, 'build', name, 'ruleset.nft'), 'utf8');
  expect(rules('open')).toContain('accept: ');
  expect(rules('shut')).toContain('drop: ');
  const mapped = hookline(['compile', 'p.hook', '--to', 'all', '-o', 'build', '--source-map', 'm'], { cwd });
  expect(mapped.stderr).toContain('--on NAME');
});

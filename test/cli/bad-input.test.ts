// Whatever is wrong with an input, every command says what, where, and what to do, ends with 2 and writes nothing.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { command, example, expectRefusal, folderWith, hookline, namesIn } from './support/hookline.ts';

const inRule = (rule: string) =>
  `table inet filter {\n  chain input hook input priority filter {\n    ${rule}\n  }\n}\n`;

/** A name, the text, the code that it must give and the line that is shown. */
const texts: readonly (readonly [string, string | Buffer, string, number])[] = [
  ['a syntax error', 'table inet filter {\n  chain {\n  }\n}\n', 'HK1001', 2],
  ['an unknown match', inRule('tcp dprt 22 accept'), 'HK2001', 3],
  ['a type error', inRule('tcp dport 10.0.0.1 accept'), 'HK3007', 3],
  ['a jump loop', 'table inet filter {\n  chain a { jump b }\n  chain b { jump a }\n}\n', 'HK2011', 2],
  ['a jump to a missing chain', inRule('jump nowhere'), 'HK2009', 3],
  ['port 70000', inRule('tcp dport 70000 accept'), 'HK3005', 3],
  ['address 10.0.0.300', inRule('ip saddr 10.0.0.300 accept'), 'HK3001', 3],
  ['prefix 10.0.0.0/33', inRule('ip saddr 10.0.0.0/33 accept'), 'HK3002', 3],
  ['a chain twice', 'table inet filter {\n  chain a { accept }\n  chain a { drop }\n}\n', 'HK2003', 3],
  ['a 40-character interface name', inRule(`iif "${'e'.repeat(40)}" accept`), 'HK3008', 3],
  ['a string with a newline', inRule('log "first\nsecond"'), 'HK1005', 3],
  ['an empty file', '', 'HK0006', 1],
  ['a file of blanks', ' \n\n', 'HK0006', 1],
  ['a binary file', readFileSync(process.execPath).subarray(0, 5000), 'HK0004', 1],
  ['a NUL', 'table inet filter {\n  chain a { accept\0 }\n}\n', 'HK0004', 2],
  ['Latin 1', Buffer.from(inRule('log "café"'), 'latin1'), 'HK0004', 3],
  ['UTF-16', Buffer.from(`\ufeff${inRule('accept')}`, 'utf16le'), 'HK0004', 1],
  ['a truncated JSON', '{"nftables": [\n {"table": {"family": "inet", "na', 'HK5501', 2],
  ['a JSON that is no rule set', '{"tables": []}\n', 'HK5502', 1],
  ['an iptables-save without COMMIT', '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j ACCEPT\n', 'HK5002', 1],
  ['an iptables-save with CRLF', '*filter\r\n:INPUT ACCEPT [0:0]\r\nCOMMIT\r\n', 'HK5003', 1],
];

/** Every command that reads a policy, given one. */
const commands: Readonly<Record<string, (policy: string) => readonly string[]>> = {
  check: (policy) => ['check', policy],
  compile: (policy) => ['compile', policy, '--to', 'nft'],
  import: (policy) => ['import', policy],
  trace: (policy) => ['trace', policy, 'in lan0 udp 10.0.0.2:1 -> 10.0.0.1:53'],
  'trace --host': (policy) => ['trace', example, '--host', policy, 'out udp 10.0.0.2:1 -> 10.0.0.1:53'],
  test: (policy) => ['test', policy],
  'conntrack check': (policy) => ['conntrack', 'check', policy, '/dev/null'],
};

describe('a policy with', () => {
  for (const [name, text, code, line] of texts) {
    test(name, () => {
      const cwd = folderWith({ 'the.policy': text });
      const refused = hookline(['check', 'the.policy'], { cwd });
      expectRefusal(refused, code);
      expect(refused.stderr).toContain(` the.policy:${line}:`);
    });
  }
});

test('standard input is told of as a file is', () => {
  const [, text] = texts[0] ?? [];
  const cwd = folderWith({ 'the.policy': text ?? '' });
  const refused = hookline(['check', 'the.policy'], { cwd });
  const stderr = refused.stderr.replaceAll('the.policy', '<stdin>');
  expect(hookline(['check', '-'], { input: text ?? '' })).toEqual({ ...refused, stderr });
});

test('an unknown match comes with the one that was meant', () => {
  const { stderr } = hookline(['check', '-'], { input: inRule('tpc dport 22 accept') });
  expect(stderr).toContain('help: did you mean `tcp dport`?');
});

describe.each(Object.entries(commands))('%s', (_, argumentsFor) => {
  test('says what is wrong in the policy', () => {
    const cwd = folderWith({ 'bad.hook': inRule('jump nowhere') });
    const refused = hookline(argumentsFor('bad.hook'), { cwd });
    expectRefusal(refused, 'HK2009');
    expect(refused.stderr).toContain(' bad.hook:3:5');
  });

  test('refuses what is no file', () => {
    const cwd = folderWith({});
    mkdirSync(join(cwd, 'folder'));
    expectRefusal(hookline(argumentsFor('missing.hook'), { cwd }), 'HK0001');
    expectRefusal(hookline(argumentsFor('folder'), { cwd }), 'HK0002');
    expectRefusal(hookline(argumentsFor('/proc/self/mem'), { cwd }), 'HK0003');
  });
});

describe('fmt', () => {
  test('says what is wrong and changes none of its files', () => {
    const files = { 'good.hook': 'table   inet  filter { }\n', 'bad.hook': 'table {\n' };
    const cwd = folderWith(files);
    expectRefusal(hookline(['fmt', 'good.hook', 'bad.hook'], { cwd }), 'HK1001');
    for (const [name, text] of Object.entries(files))
      expect(readFileSync(join(cwd, name), 'utf8')).toBe(text);
    expect(namesIn(cwd)).toEqual(['bad.hook', 'good.hook']);
  });
});

test('a file that its permissions close', () => {
  const cwd = folderWith({ 'closed.hook': inRule('accept') });
  chmodSync(join(cwd, 'closed.hook'), 0);
  // Root reads whatever it likes, unless it gives that up.
  const powers = '-dac_override,-dac_read_search';
  const obedient =
    process.getuid?.() === 0 ? ['setpriv', `--bounding-set=${powers}`, `--inh-caps=${powers}`] : [];
  const [program, ...words] = [...obedient, ...command, 'check', 'closed.hook'];
  const refused = spawnSync(program, words, { cwd, encoding: 'utf8' });
  expectRefusal(refused, 'HK0003');
  expect(refused.stderr).toContain("`closed.hook` can't be read: permission denied");
});

describe('100 MB are refused at once', () => {
  const size = 100 * 2 ** 20;
  const rule = '    ip saddr 10.0.0.1 tcp dport 22 accept\n';

  test('of junk', () => {
    const cwd = folderWith({});
    const file = openSync(join(cwd, 'large'), 'w');
    ftruncateSync(file, size);
    closeSync(file);
    for (const argumentsFor of Object.values(commands))
      expectRefusal(hookline(argumentsFor('large'), { cwd }), 'HK0005');
    expectRefusal(hookline(['fmt', 'large'], { cwd }), 'HK0005');
    expectRefusal(hookline(['conntrack', 'check', example, 'large'], { cwd }), 'HK7002');
    expectRefusal(hookline(['trace', example, '--packets', 'large'], { cwd }), 'HK0005');
  }, 120_000);

  test('of rules', () => {
    const cwd = folderWith({ large: Buffer.alloc(size, inRule('accept') + rule) });
    expectRefusal(hookline(['check', 'large'], { cwd }), 'HK0005');
  });

  test('of a device that never ends', () => {
    expectRefusal(hookline(['check', '/dev/zero']), 'HK0005');
  });
});

describe('compile -o', () => {
  const bad = { 'bad.hook': inRule('tcp dport 70000 accept'), 'good.hook': inRule('accept') };

  test('leaves the old file as it was when the policy is bad', () => {
    const cwd = folderWith({ ...bad, 'out.nft': 'old' });
    expectRefusal(hookline(['compile', 'bad.hook', '--to', 'nft', '-o', 'out.nft'], { cwd }), 'HK3005');
    expect(readFileSync(join(cwd, 'out.nft'), 'utf8')).toBe('old');
    expect(namesIn(cwd)).toEqual(['bad.hook', 'good.hook', 'out.nft']);
  });

  test.each([
    ['a folder that does not exist', 'nowhere/out.nft', 'no such file or directory'],
    ['a directory', 'folder', 'it is a directory'],
    ['a folder that takes no files', '/proc/out.nft', 'no such file or directory'],
  ])('says that it can not write to %s', (_, output, reason) => {
    const cwd = folderWith(bad);
    mkdirSync(join(cwd, 'folder'));
    const refused = hookline(['compile', 'good.hook', '--to', 'nft', '-o', output], { cwd });
    expectRefusal(refused, 'HK0007');
    expect(refused.stderr).toContain(`\`${output}\` can't be written: ${reason}`);
    expect(namesIn(cwd)).toEqual(['bad.hook', 'folder', 'good.hook']);
    expect(namesIn(join(cwd, 'folder'))).toEqual([]);
  });

  test('writes all back ends or none', () => {
    const cwd = folderWith(bad);
    mkdirSync(join(cwd, 'build/ruleset.nft'), { recursive: true });
    writeFileSync(join(cwd, 'build/rules.v4'), 'old');
    expectRefusal(hookline(['compile', 'good.hook', '--to', 'all', '-o', 'build'], { cwd }), 'HK0007');
    expect(readFileSync(join(cwd, 'build/rules.v4'), 'utf8')).toBe('old');
    expect(namesIn(join(cwd, 'build'))).toEqual(['rules.v4', 'ruleset.nft']);
    expectRefusal(hookline(['compile', 'good.hook', '--to', 'all', '-o', 'good.hook'], { cwd }), 'HK0007');
    expectRefusal(hookline(['compile', 'good.hook', '--to', 'all'], { cwd }), 'HK0010');
  });
});

describe('packets', () => {
  test('are all read before the first is traced, and every bad one is shown', () => {
    const packets =
      'in lan0 udp 10.0.0.2:1 -> 10.0.0.1:53\n\n# comment\nin lan0 udp 10.0.0.2:1\nin lan0 foo 1 -> 2\n';
    const cwd = folderWith({ 'packets.txt': packets });
    const refused = hookline(['trace', example, '--packets', 'packets.txt'], { cwd });
    expectRefusal(refused, 'HK600\\d');
    expect(refused.stderr).toContain(' packets.txt:4:');
    expect(refused.stderr).toContain(' packets.txt:5:');
    expect(refused.stderr).toContain('2 errors');
  });

  test.each([
    ['none in the file', ['--packets', '/dev/null'], 'HK0006'],
    ['none in the journal', ['--log', '-'], 'HK0006'],
    ['a broken log line', ['--log', 'IN=eth0 OUT= SRC=1'], 'HK6020'],
    ['no packet at all', [], 'HK0010'],
    ['two kinds at once', ['in lan0 …', '--packets', '-'], 'HK0010'],
    ['an arrow that the shell took', ['in', 'lan0', 'udp', '10.0.0.2:1', '-'], 'HK0010'],
    ['an address 10.0.0.300', ['in lan0 udp 10.0.0.300:1 -> 10.0.0.1:53'], 'HK3001|HK6\\d{3}'],
    ['a port 70000', ['in lan0 udp 10.0.0.3:70000 -> 10.0.0.1:53'], 'HK6004'],
  ])('%s', (_, words, code) => {
    expectRefusal(hookline(['trace', example, ...words]), code);
  });
});

describe('a listing of connections', () => {
  const line =
    'udp 17 29 src=10.0.0.5 dst=10.0.0.1 sport=5 dport=53 [UNREPLIED] src=10.0.0.1 dst=10.0.0.5 sport=53 dport=5 mark=0 use=1';

  test('may have broken lines, which are named', () => {
    const input = `${'nonsense\n'.repeat(12)}${line}\n`;
    const { stdout, stderr } = hookline(['conntrack', 'check', example], { input });
    expect(stdout).toContain('1 connection:');
    expect(stderr).toContain('warning[HK7001]: line 10 is no conntrack entry');
    expect(stderr).not.toContain('line 11');
    expect(stderr).toContain('2 more lines');
  });

  test.each([
    ['nothing but broken lines', 'nonsense\n', 'HK7002'],
    ['a truncated line', line.slice(0, 60), 'HK7002'],
    ['a binary file', readFileSync(process.execPath).subarray(0, 100_000), 'HK7002'],
    ['a line without end', Buffer.alloc(2 ** 22, 'x'), 'HK7002'],
  ])('%s', (_, input, code) => {
    expectRefusal(hookline(['conntrack', 'check', example, '-'], { input }), code);
    expectRefusal(
      hookline(['trace', example, '--state', '-', 'in lan0 udp 10.0.0.2:1 -> 10.0.0.1:53'], { input }),
      code,
    );
  });

  test('of this machine, with what is expected beside them, needs a program', () => {
    const words = ['trace', example, '--state', 'live', 'in lan0 udp 10.0.0.2:1 -> 10.0.0.1:53'];
    expectRefusal(hookline(words, { env: { PATH: '' } }), 'HK0012');
  });

  test('is a file that can be read', () => {
    expectRefusal(hookline(['conntrack', 'check', example, 'missing']), 'HK0001');
    expectRefusal(hookline(['conntrack', 'check', example, '/proc']), 'HK0002');
    expectRefusal(hookline(['conntrack', 'check', example, '/proc/self/mem']), 'HK0003');
  });
});

// How the command is called: help, mistakes in the arguments, standard input, signals, readers that go away.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, lstatSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  command,
  example,
  expectRefusal,
  folderWith,
  hookline,
  namesIn,
  repository,
} from './support/hookline.ts';

const policy = readFileSync(example, 'utf8');
const names = [
  'check',
  'compile',
  'import',
  'trace',
  'test',
  'conntrack',
  'conntrack check',
  'fmt',
  'explain',
  'init',
  'init nat-gateway',
];

/** Runs a line of shell in which `hookline` is the command. */
function shell(line: string): string {
  const quoted = command.map((word) => `'${word}'`).join(' ');
  return execFileSync('bash', ['-c', `hookline() { ${quoted} "$@"; }\n{ ${line}; } 2>&1`], {
    encoding: 'utf8',
    cwd: repository,
  });
}

describe('help', () => {
  test('comes without arguments, on stderr, as a failure', () => {
    const { status, stdout, stderr } = hookline([]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: hookline/);
    for (const name of names) expect(stderr).toContain(`  ${name.split(' ')[0]}`);
  });

  test('comes on stdout when asked for', () => {
    expect(hookline(['--help'])).toMatchObject({ status: 0, stderr: '' });
    expect(hookline(['--version'])).toEqual({ status: 0, stdout: '0.1.0\n', stderr: '' });
  });

  test.each(names)('of %s has examples that begin with it', (name) => {
    const { status, stdout, stderr } = hookline([...name.split(' '), '--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    if (!['conntrack', 'init'].includes(name))
      expect(stdout).toMatch(new RegExp(`^Examples:\n(.*\n)*.*hookline ${name} `, 'm'));
  });
});

describe('mistakes', () => {
  test.each<[string[], string]>([
    [['complie', 'x'], 'did you mean `compile`?'],
    [['conntrack', 'chekc', 'x'], 'did you mean `check`?'],
    [['check', '--form', 'hook', 'x'], 'did you mean `--from`?'],
    [['check', '--from', 'hok', 'x'], 'did you mean `hook`?'],
    [['compile', 'x', '--to', 'ntf'], 'did you mean `nft`?'],
    [['compile', 'x'], 'say `--to` and one of'],
    [['compile'], '`hookline COMMAND --help` shows what it takes'],
    [['explain', 'HK1001', 'HK1002'], 'a code looks like `HK1001`'],
    [['explain', 'HK100l'], 'did you mean `HK1001`?'],
    [['check', 'x', '--color', 'sometimes'], '`hookline COMMAND --help` shows what it takes'],
    [['trace', example, '--on', 'gv', 'out udp ::1 -> ::1'], 'did you mean `gw`?'],
  ])('%j', (args, help) => {
    const refused = hookline(args);
    expectRefusal(refused, 'HK001[01]');
    expect(refused.stderr).toContain(`help: ${help}`);
  });
});

describe('standard input', () => {
  test('is a policy', () => {
    const { status, stdout } = hookline(['compile', '-', '--to', 'iptables'], { input: policy });
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: hookline(['compile', example, '--to', 'iptables']).stdout,
    });
  });

  test('is a listing of connections, which may be empty', () => {
    expect(hookline(['conntrack', 'check', example])).toMatchObject({ status: 0 });
    expect(hookline(['conntrack', 'check', example, '-']).stdout).toContain('0 connections');
  });

  test('is there once', () => {
    const packet = 'out udp 10.0.0.1:1 -> 10.0.0.2:53';
    expectRefusal(hookline(['conntrack', 'check', '-', '-'], { input: policy }), 'HK0010');
    expectRefusal(hookline(['conntrack', 'check', '-'], { input: policy }), 'HK0010');
    expectRefusal(hookline(['trace', '-', '--packets', '-'], { input: policy }), 'HK0010');
    expectRefusal(hookline(['trace', '-', '--host', '-', packet], { input: policy }), 'HK0010');
    expectRefusal(hookline(['check', '-', '-'], { input: policy }), 'HK0010');
  });

  test('may be a pipe by another name', () => {
    expect(shell(`hookline check <(cat '${example}')`)).toContain('valid');
  });
});

describe('a policy file', () => {
  test('may have CRLF line ends and a byte order mark', () => {
    const cwd = folderWith({ 'dos.hook': `\ufeff${policy.replaceAll('\n', '\r\n')}` });
    expect(hookline(['check', 'dos.hook'], { cwd })).toMatchObject({ status: 0, stderr: '' });
    const compiled = hookline(['compile', 'dos.hook', '--to', 'nft'], { cwd }).stdout;
    expect(compiled).toBe(hookline(['compile', example, '--to', 'nft']).stdout);
  });

  test('is laid out in place, and then is as it should be', () => {
    const cwd = folderWith({ 'a.hook': 'table   inet  filter {  }\n' });
    expect(hookline(['fmt', '--check', 'a.hook'], { cwd })).toEqual({
      status: 1,
      stdout: 'a.hook\n',
      stderr: '',
    });
    expect(hookline(['fmt', 'a.hook'], { cwd })).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(hookline(['fmt', '--check', 'a.hook'], { cwd })).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(hookline(['fmt', '-'], { input: 'table   inet  filter {  }\n' }).stdout).toBe(
      readFileSync(join(cwd, 'a.hook'), 'utf8'),
    );
  });
});

describe('output', () => {
  test('goes through a link and keeps the permissions that were there', () => {
    const cwd = folderWith({ 'real.nft': 'old' });
    chmodSync(join(cwd, 'real.nft'), 0o640);
    symlinkSync('real.nft', join(cwd, 'link.nft'));
    expect(hookline(['compile', example, '--to', 'nft', '-o', 'link.nft'], { cwd })).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
    expect(lstatSync(join(cwd, 'link.nft')).isSymbolicLink()).toBe(true);
    expect(statSync(join(cwd, 'real.nft')).mode & 0o777).toBe(0o640);
    expect(readFileSync(join(cwd, 'real.nft'), 'utf8')).toMatch(/^table inet filter/);
  });

  test('may be a pipe, which is written to and not replaced', () => {
    const cwd = folderWith({});
    const pipe = join(cwd, 'pipe');
    expect(
      shell(`mkfifo '${pipe}'; cat '${pipe}' & hookline compile '${example}' --to nft -o '${pipe}'; wait`),
    ).toMatch(/^table inet filter/);
    expect(statSync(pipe).isFIFO()).toBe(true);
  });

  test('of all back ends is the same every time', () => {
    const cwd = folderWith({});
    const run = () => hookline(['compile', example, '--to', 'all', '-o', 'build'], { cwd });
    expect(run()).toMatchObject({ status: 0, stdout: '' });
    const files = [
      'ipset.conf',
      'routes.sh',
      'rules.v4',
      'rules.v6',
      'ruleset.json',
      'ruleset.nft',
      'sysctl.conf',
    ];
    expect(namesIn(join(cwd, 'build'))).toEqual(files);
    const read = () => files.map((name) => readFileSync(join(cwd, 'build', name), 'utf8'));
    const first = read();
    run();
    expect(read()).toEqual(first);
  });

  test('to a reader that goes away makes no noise', () => {
    expect(shell(`hookline compile '${example}' --to nft | head -1`)).toBe('table inet filter\n');
    expect(shell(`hookline explain HK1001 | true; echo "\${PIPESTATUS[0]}"`)).toBe('0\n');
  });

  test('to a full disk is a failure', () => {
    const printed = shell(`hookline explain HK1001 > /dev/full; echo $?`);
    expect(printed).toMatch(
      /^error\[HK0007\]: standard output can't be written: no space left on device\n[\s\S]*2\n$/,
    );
  });

  test('in a table is whole, however narrow the terminal', () => {
    const entry =
      'tcp 6 99 ESTABLISHED src=10.0.0.5 dst=198.51.100.77 sport=51000 dport=44300 src=198.51.100.77 dst=203.0.113.1 sport=44300 dport=51000 [ASSURED] mark=0 use=1';
    const listing = join(folderWith({ 'listing.txt': entry }), 'listing.txt');
    const line = `stty cols 72; ${command.join(' ')} conntrack check ${example} ${listing}`;
    const printed = stripVTControlCharacters(shell(`script -qec '${line}' /dev/null`));
    const table = printed.split('\r\n').filter((row) => /^[┌│└]/.test(row));
    expect(table.length).toBeGreaterThan(4);
    expect(table.filter((row) => row.length > 72)).toEqual([]);
    expect(table.join('')).not.toContain('…');
  });

  test('is coloured where asked for only', () => {
    const args = ['check', '-'];
    const input = 'table {\n';
    const colour = '\u001b[';
    expect(hookline(args, { input }).stderr).not.toContain(colour);
    expect(hookline([...args, '--color', 'always'], { input }).stderr).toContain(colour);
    expect(hookline(['--color', 'always', ...args], { input, env: { NO_COLOR: '1' } }).stderr).toContain(
      colour,
    );
    const missing = ['compile', 'missing.hook', '--to', 'nft', '--color', 'always'];
    expect(hookline(missing).stderr).toContain(colour);
    expect(hookline(['explain', 'HK1001', '--color', 'never']).stdout).not.toContain(colour);
  });
});

describe('JSON', () => {
  test.each<[string, string[], string]>([
    ['check', ['check', example], 'hookline.diagnostics/1'],
    ['test', ['test', example], 'hookline.tests/2'],
    ['explain', ['explain', 'HK1001'], 'hookline.explanation/1'],
    ['conntrack check', ['conntrack', 'check', example, '/dev/null'], 'hookline.connections/1'],
    ['trace', ['trace', example, 'in lan0 udp 10.0.0.5:1 -> 10.0.0.1:53'], 'hookline.trace/1'],
  ])('of %s names its schema', (_, args, schema) => {
    const { status, stdout, stderr } = hookline([...args, '--json']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ schema });
  });

  test('of check has every problem with its place', () => {
    const { status, stdout, stderr } = hookline(['check', '--json', '-'], {
      input: 'table inet t {\n  chain a { jump b }\n}\n',
    });
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
    expect(JSON.parse(stdout).diagnostics).toContainEqual(
      expect.objectContaining({
        code: 'HK2009',
        severity: 'error',
        file: '<stdin>',
        line: 2,
        column: 13,
        help: expect.any(String),
      }),
    );
  });
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends it, and nothing is left of what it had begun',
  async (signal) => {
    const cwd = folderWith({});
    const [node, ...words] = command;
    const child = spawn(node, [...words, 'compile', '-', '--to', 'nft', '-o', 'out.nft'], { cwd });
    // More than a pipe holds: once it is written, the command is there and reading.
    await new Promise((resolve) => child.stdin.write('#'.repeat(2 ** 22), resolve));
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([null, signal]);
    expect(namesIn(cwd)).toEqual([]);
  },
);

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it while it computes', async (signal) => {
  const [node, ...words] = command;
  const child = spawn(node, [...words, 'check', '-']);
  // Some seconds of work; it has not begun before all is read.
  const rule = '  ip saddr { 10.0.0.0/24, 10.0.1.0/24 } tcp dport { 22, 80, 443 } ct state new accept\n';
  child.stdin.end(`table ip t {\n chain c {\n${rule.repeat(150_000)} }\n}\n`);
  await once(child.stdin, 'finish');
  const whenRead = secondsOf(child.pid);
  const ended = once(child, 'exit');
  while (secondsOf(child.pid) < whenRead + 0.5) await pause();
  child.kill(signal);
  const whenSent = secondsOf(child.pid);
  while (child.exitCode === null && child.signalCode === null && secondsOf(child.pid) < whenSent + 1)
    await pause();
  expect(secondsOf(child.pid) - whenSent).toBeLessThan(1);
  expect(await ended).toEqual([null, signal]);
});

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

/** The processor's time that a process has had (proc(5): utime and stime, in hundredths); 0 of one that is gone. */
function secondsOf(pid = 0): number {
  const path = `/proc/${pid}/stat`;
  const fields = existsSync(path)
    ? readFileSync(path, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
    : [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}

// `conntrack watch` on a real table: it counts what `conntrack -C` counts, sees a stale connection come and go, and leaves
// a real terminal as it was, however it ends.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command, folderWith } from '../cli/support/hookline.ts';
import { createNamespace, type Namespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';
import { openTerminal, watchJson } from './support/watching.ts';

/** The kernel follows connections where a rule asks for them; the policy that they are held against is another one. */
const tracking = 'table inet t { chain c { type filter hook input priority 0; ct state new accept; }; }\n';

const policy = `table inet filter {
  chain input hook input priority filter policy drop {
    ct state established,related accept
    tcp dport 5000 accept
  }
}
host h { interface "lo" { address 127.0.0.1/8; address ::1/128 } }
`;

/** Opens connections to two ports, and further ones as it is told by a line: the port to connect to. */
const traffic = `
const { createServer, connect } = require('node:net');
const servers = [5000, 6000].map((port) => createServer(() => {}).listen({ port, host: '::', ipv6Only: false }));
const open = (port, host) => new Promise((done) => { const one = connect({ port, host }, () => done(one)); });
Promise.all(servers.map((one) => new Promise((done) => one.once('listening', done)))).then(async () => {
  for (let at = 0; at < 5; at++) await open(5000, '127.0.0.1');
  for (let at = 0; at < 2; at++) await open(5000, '::1');
  for (let at = 0; at < 3; at++) await open(6000, '127.0.0.1');
  console.log('open');
  process.stdin.on('data', (port) => open(Number(port), '127.0.0.1'));
});
`;

/** The command that watches, in the namespace. */
function watchWords(
  namespace: string,
  path: string,
  ...words: readonly string[]
): readonly [string, ...string[]] {
  const [node, ...main] = command;
  return ['ip', 'netns', 'exec', namespace, node, ...main, 'conntrack', 'watch', path, ...words];
}

describeKernel('conntrack watch', ['conntrack', 'nft', 'script', 'stty'], () => {
  let namespace: Namespace;
  let client: ChildProcessWithoutNullStreams;
  let path: string;

  beforeAll(async () => {
    namespace = await createNamespace('watch');
    await namespace.run('ip', ['link', 'set', 'lo', 'up']);
    await namespace.run('nft', ['-f', '-'], { input: tracking });
    client = spawn('ip', ['netns', 'exec', namespace.name, process.execPath, '-e', traffic]);
    await once(client.stdout, 'data');
  }, 120_000);
  afterAll(() => namespace?.close());

  test('counts as the kernel does, and tells of a stale connection that comes and goes', {
    timeout: 120_000,
  }, async () => {
    path = join(folderWith({ 'policy.hook': policy }), 'policy.hook');
    await using watched = await watchJson(watchWords(namespace.name, path, '--json', '--interval', '0.3'));
    const count = Number(await namespace.run('conntrack', ['-C']));
    expect(count).toBe(10);
    const before = await watched.summary(({ pending }) => pending === 0);
    expect(before).toMatchObject({ connections: count, stale: 3, surviving: 3, table: { count } });
    expect(before.byRule).toMatchObject([
      { name: expect.stringContaining('tcp dport 5000 accept'), connections: 7, stale: 0 },
      { name: 'the policy of inet filter input', connections: 3, stale: 3 },
    ]);
    expect(before.byHost).toMatchObject([
      { name: '127.0.0.1', connections: 8 },
      { name: '::1', connections: 2 },
    ]);

    client.stdin.write('6000\n');
    const came = await watched.event('new');
    expect(came).toMatchObject({ admission: 'stale', entry: expect.stringContaining('dport=6000') });
    const more = await watched.summary(({ pending, stale }) => pending === 0 && stale === 4);
    expect(more).toMatchObject({ connections: 11, missed: { times: 0 }, broken: 0 });
    expect(more.newestStale[0]?.entry).toContain(portsOf(came.entry));

    const [, sport = ''] = /sport=(\d+)/.exec(came.entry) ?? [];
    await namespace.run('conntrack', ['-D', '-p', 'tcp', '--sport', sport]);
    expect((await watched.event('destroy')).entry).toContain(portsOf(came.entry));
    expect(await watched.summary(({ stale }) => stale === 3)).toMatchObject({ connections: 10 });
  });

  test('shows a screen, sorts, filters and helps by keys, and follows the size of its terminal', {
    timeout: 120_000,
  }, async () => {
    path = join(folderWith({ 'policy.hook': policy }), 'policy.hook');
    const terminal = openTerminal(watchWords(namespace.name, path, '--interval', '0.3'));
    const first = await terminal.shows(/7 of 10 admitted {2}3 stale \(3 pass\) {2}0 drift\s*$/m);
    expect(first.split('\n')).toHaveLength(24);
    expect(first).toMatch(/^connections held against policy\.hook/);
    expect(first).toMatch(/^ +7 +0 +0 {2}rule 2 of inet filter input /m);
    terminal.type('s');
    await terminal.shows(/sort: stale/);
    terminal.type('/-p tcp --dport 6000\r');
    const filtered = await terminal.shows(/fits +0 of 3 admitted/);
    expect(filtered).toMatch(/only -p tcp --dport 6000$/);
    terminal.type('/ --nonsense\r');
    await terminal.shows(/nonsense.*$/);
    terminal.type('?');
    await terminal.shows(/list the table again/);
    terminal.resize(100, 14);
    expect(await terminal.shows(/^(?:.*\n){13}.*$/)).toContain('q quit');
    terminal.type('q');
    expect(await terminal.ended).toEqual({ code: 0, isRestored: true });
  });

  test.each([
    ['Ctrl-C', '\u0003', 130],
    ['the end of its screens', undefined, 0],
  ] as const)('gives the terminal back at %s', { timeout: 120_000 }, async (_, key, code) => {
    path = join(folderWith({ 'policy.hook': policy }), 'policy.hook');
    const words = key === undefined ? ['--count', '2'] : [];
    const terminal = openTerminal(watchWords(namespace.name, path, '--interval', '0.3', ...words));
    await terminal.shows(/q quit/);
    if (key !== undefined) terminal.type(key);
    expect(await terminal.ended).toEqual({ code, isRestored: true });
  });

  test('leaves no process behind when it is ended', { timeout: 120_000 }, async () => {
    path = join(folderWith({ 'policy.hook': policy }), 'policy.hook');
    const [program, ...words] = watchWords(namespace.name, path, '--json', '--interval', '0.3');
    const watching = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(watching.stdout, 'data');
    watching.kill('SIGTERM');
    await once(watching, 'exit');
    await expect.poll(() => commandsIn(namespace), { timeout: 30_000 }).not.toContain('conntrack');
  });
});

/** What programs run in the namespace. */
async function commandsIn(namespace: Namespace): Promise<readonly string[]> {
  const pids = (await namespace.run('ip', ['netns', 'pids', namespace.name])).split('\n').filter(Boolean);
  return Promise.all(
    pids.map((pid) =>
      namespace.run('cat', [`/proc/${pid}/comm`]).then(
        (name) => name.trim(),
        () => '',
      ),
    ),
  );
}

/** Both ends of the original direction. */
function portsOf(entry: string): string {
  return /sport=\d+ dport=\d+/.exec(entry)?.[0] ?? 'no ports';
}

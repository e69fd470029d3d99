// Nothing is left of `trace --live` however it ends: by itself, by a signal, killed at any moment, with or without owners of tables.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command, repository } from '../cli/support/hookline.ts';
import {
  childOf,
  childrenOf,
  loadRules,
  makePair,
  type Pair,
  policyFile,
  startLive,
  traceLive,
  untilGone,
} from './support/live.ts';
import { asNobody, describeKernel } from './support/require.ts';

const policy = `table inet filter {
  chain input hook input priority filter policy drop {
    ct state established,related accept
    udp dport 53 accept
  }
}
`;

describeKernel('the end of trace --live', ['nft', 'conntrack', 'setpriv', 'sysctl'], () => {
  let pair: Pair;

  beforeAll(async () => {
    pair = await makePair();
    await loadRules(pair.host, policy);
  }, 60_000);
  afterAll(() => pair?.[Symbol.asyncDispose]());

  const live = () => traceLive(pair.host, policy, 'udp any -> any');

  const endings = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const;
  test.each(endings)('%s', async (signal, code) => {
    const trace = await live();
    trace.kill(signal);
    expect(await trace.end()).toMatchObject({ code, summary: { packets: 0 } });
    await untilGone(pair.host);
  });

  test.each([1, 9, 11])('kill -9 when %i programs were started', async (programs) => {
    const path = policyFile(policy);
    const words = [...command, 'trace', path, '--live', 'udp any -> any'];
    const child = spawn('ip', ['netns', 'exec', pair.host.name, ...words], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const closed = once(child, 'close');
    let said = '';
    child.stderr.on('data', (part: Buffer) => {
      said += part.toString();
    });
    const started = new Set<number>();
    while (started.size < programs && !said.includes('Ctrl-C')) {
      for (const pid of childrenOf(child.pid ?? 0)) started.add(pid);
      await setImmediate();
    }
    child.kill('SIGKILL');
    await closed;
    await untilGone(pair.host);
  });

  test('kill -9 ends the process of nft that is listened to, too', async () => {
    const trace = await live();
    const monitor = childOf(trace.pid, 'monitor');
    trace.kill('SIGKILL');
    await trace.end();
    while (existsSync(`/proc/${monitor}`)) await sleep(20);
    await untilGone(pair.host);
  });

  test('kill -9 of the process of nft that holds the rule', async () => {
    const trace = await live();
    process.kill(childOf(trace.pid, '-i'), 'SIGKILL');
    expect(await trace.end()).toMatchObject({ code: 2 });
    await untilGone(pair.host);
  });

  test('without owners of tables: a guardian removes it, and without that the kernel traces no more', async () => {
    const hold = async () => {
      const words = ['netns', 'exec', pair.host.name, process.execPath, '--input-type=module', '-e', holder];
      const child = spawn('ip', words, { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      return child;
    };
    const first = await hold();
    first.kill('SIGKILL');
    await untilGone(pair.host);
    const second = await hold();
    process.kill(childOf(second.pid ?? 0, '-e'), 'SIGKILL');
    second.kill('SIGKILL');
    const list = () => pair.host.run('nft', ['list', 'set', 'inet', 'hookline_live_test', 'alive']);
    expect(await list()).toContain('ipv4 timeout');
    while ((await list()).includes('elements')) await sleep(50);
    await pair.host.run('nft', ['delete', 'table', 'inet', 'hookline_live_test']);
  });

  test('without root it says what is needed', async () => {
    const path = policyFile(policy);
    for (const readable of [dirname(path), path]) chmodSync(readable, 0o755);
    const words = [...asNobody, ...command, 'trace', path, '--live', 'udp any -> any'] as const;
    const { code, stderr } = await (await startLive(pair.host, words)).end();
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/root/) });
  });
});

/** Makes the table as if the kernel knew no owners, and stays. */
const holder = `
const { keepTable } = await import(${JSON.stringify(join(repository, 'src/host/live/keeper.ts'))});
const text = 'table inet hookline_live_test { set alive { type nf_proto; flags timeout; elements = { ipv4 timeout 2s }; }; chain received { type filter hook prerouting priority -300; meta nfproto @alive meta nftrace set 1; }; }';
await keepTable({ name: 'hookline_live_test', lease: 2 }, () => text, { owner: false });
console.log('there');
setInterval(() => {}, 1000);
`;

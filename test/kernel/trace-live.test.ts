// `trace --live` on real packets: the kernel's way is the simulated one, mapped to the lines of the policy.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command } from '../cli/support/hookline.ts';
import {
  childOf,
  type LiveLine,
  loadRules,
  makePair,
  type Pair,
  send,
  startLive,
  traceLive,
  untilGone,
} from './support/live.ts';
import { describeKernel } from './support/require.ts';

/** A policy, packets that the neighbour sends, and where the kernel says that the first packets of each end. */
const cases = [
  {
    title: 'jumps and a policy that drops',
    policy: `table inet filter {
  chain input hook input priority filter policy drop {
    ct state established,related accept
    jump services
  }
  chain services {
    udp dport 53 accept
    tcp dport 22 accept
    tcp dport 23 drop
  }
}
`,
    filter: 'ip saddr 10.5.0.2 ip daddr 10.5.0.1',
    sent: ['udp 10.5.0.1 53', 'udp 10.5.0.1 54', 'tcp 10.5.0.1 23'],
    ends: ['delivered', 'dropped', 'dropped'],
    lines: [[4, 7], [4], [4, 9]],
  },
  {
    title: 'translation of destinations and of sources',
    policy: `table ip nat {
  chain pre hook prerouting priority dstnat {
    iif "wan0" udp dport 8053 dnat to 10.6.0.7:53
  }
  chain post hook postrouting priority srcnat {
    oif "lan0" snat to 10.6.0.1
  }
}
table inet filter {
  chain forward hook forward priority filter policy drop {
    ct status dnat accept
    udp dport 99 reject
  }
}
`,
    filter: 'in wan0 udp 10.5.0.0/24 -> any',
    sent: ['udp 10.5.0.1 8053', 'udp 10.6.0.7 99', 'udp 10.6.0.7 98'],
    ends: ['left', 'dropped', 'dropped'],
    lines: [[3, 11, 6], [12], []],
  },
  {
    title: 'IPv6, marks and a verdict map',
    policy: `table inet filter {
  chain early hook prerouting priority mangle {
    udp dport 500-600 meta mark set 0x7
  }
  chain input hook input priority filter policy accept {
    meta mark 0x7 udp dport vmap { 501 : drop, 502 : jump noted }
  }
  chain noted { counter }
}
`,
    filter: 'udp fd00:5::2 -> any',
    sent: ['udp fd00:5::1 501', 'udp fd00:5::1 502', 'udp fd00:5::1 700'],
    ends: ['dropped', 'delivered', 'delivered'],
    lines: [[3, 6], [3, 6, 8], []],
  },
  {
    title: 'nobody is asked about connections',
    policy: `table ip raw {
  chain early hook prerouting priority raw {
    ip saddr 10.5.0.2 udp dport { 53, 54 } goto checked
  }
  chain checked {
    udp dport 54 drop
    accept
  }
}
`,
    filter: 'udp any -> 10.5.0.1:50-60',
    sent: ['udp 10.5.0.1 53', 'udp 10.5.0.1 54', 'udp 10.5.0.1 55'],
    ends: ['delivered', 'dropped', 'delivered'],
    lines: [[3, 7], [3, 6], []],
  },
] as const;

/** Lets in one service. */
function oneOpen(port: number): string {
  return `table inet filter {
  chain input hook input priority filter policy drop {
    udp dport ${port} accept
  }
}
`;
}

describeKernel('trace --live', ['nft', 'conntrack', 'sysctl', 'iptables-legacy', 'iptables-nft'], () => {
  let pair: Pair;

  beforeAll(async () => {
    pair = await makePair();
  }, 60_000);
  afterAll(() => pair?.[Symbol.asyncDispose]());

  const load = (policy: string) => loadRules(pair.host, policy);
  const live = (policy: string, ...words: readonly string[]) => traceLive(pair.host, policy, ...words);

  test.each(cases)('$title', async ({ policy, filter, sent, ends, lines }) => {
    await load(policy);
    const trace = await live(policy, filter, '--count', `${sent.length}`);
    await send(pair.peer, ...sent);
    const { code, packets, summary } = await trace.end();
    const about = packets.map(({ end, foretold, steps }) => ({
      end,
      agrees: foretold.compared && foretold.agrees ? true : foretold,
      lines: steps.flatMap(({ source }) => source?.line ?? []),
    }));
    expect(about).toEqual(ends.map((end, at) => ({ end, agrees: true, lines: lines[at] })));
    expect(summary).toMatchObject({ packets: sent.length, agreed: sent.length, lost: 0, changes: 0 });
    expect(code).toBe(0);
    await untilGone(pair.host);
  });

  test('a connection with translation, in both directions and through the loopback interface', async () => {
    const policy = `table inet filter {
  chain input hook input priority filter policy drop {
    iif "lo" accept
    ct state established,related accept
    tcp dport 22 accept
  }
}
table ip nat {
  chain pre hook prerouting priority dstnat { tcp dport 8080 redirect to :22 }
}
`;
    await load(policy);
    const trace = await live(policy, 'ip protocol { tcp, udp }');
    await send(pair.peer, 'tcp 10.5.0.1 8080');
    await send(pair.host, 'udp 127.0.0.1 9');
    const agrees = { compared: true, agrees: true };
    const answer = await trace.seen(({ spec }) => spec?.includes('out tcp 10.5.0.1:22') === true);
    expect(answer).toMatchObject({ state: 'established', end: 'left', foretold: agrees });
    expect(answer.left).toContain('tcp 10.5.0.1:8080 -> 10.5.0.2:');
    const looped = await trace.seen(({ spec }) => spec?.startsWith('out udp 127.0.0.1') === true);
    const steps = [{ verdict: 'accept', source: { line: 3 } }];
    expect(looped).toMatchObject({ end: 'delivered', steps, foretold: agrees });
    trace.kill('SIGINT');
    expect((await trace.end()).summary?.differed).toBe(0);
  });

  test('where the machine has other rules the packet is shown as it went, and what was foretold', async () => {
    await load(oneOpen(54));
    const trace = await live(oneOpen(53), 'udp any -> 10.5.0.1:53', '--count', '1');
    await send(pair.peer, 'udp 10.5.0.1 53');
    const { code, packets } = await trace.end();
    expect(packets).toMatchObject([
      {
        end: 'dropped',
        foretold: {
          agrees: false,
          verdict: 'accept',
          deciding: { by: 'rule', index: 1, source: { line: 3 } },
          kernel: ['inet filter input policy drop'],
          simulation: ['inet filter input 1 accept', 'delivered'],
        },
      },
    ]);
    expect(code).toBe(1);
  });

  test('a change of the rules meanwhile is said, and taken into account', async () => {
    const policy = `table inet filter {
  chain input hook input priority filter policy accept { udp dport 53 counter }
}
`;
    await load(policy);
    const trace = await live(policy, 'udp any -> 10.5.0.1', '--count', '2');
    await send(pair.peer, 'udp 10.5.0.1 53');
    await pair.host.run('nft', ['add', 'rule', 'inet', 'filter', 'input', 'udp', 'dport', '54', 'drop']);
    await send(pair.peer, 'udp 10.5.0.1 54');
    const { code, packets, summary, stderr } = await trace.end();
    expect(packets.map(({ foretold }) => foretold.compared && foretold.agrees)).toEqual([true, false]);
    expect(packets[1]?.steps).toMatchObject([{ kind: 'rule', index: 2, foretold: false, verdict: 'drop' }]);
    expect(summary?.changes).toBe(1);
    expect(stderr).toContain('the rule set of the machine was changed');
    expect(code).toBe(1);
  });

  test('what iptables-legacy drops is foretold, and no difference', async () => {
    await load(oneOpen(53));
    const add = ['-A', 'INPUT', '-p', 'udp', '--dport', '53', '-m', 'length', '--length', '29', '-j', 'DROP'];
    await pair.host.run('iptables-legacy', add);
    const trace = await live(oneOpen(53), 'udp any -> 10.5.0.1:53', '--count', '1');
    await send(pair.peer, 'udp 10.5.0.1 53');
    const { code, packets, stderr } = await trace.end();
    await pair.host.run('iptables-legacy', ['-F']);
    expect(packets).toMatchObject([
      { end: 'gone', foretold: { agrees: true, verdict: 'drop', deciding: { table: 'filter', index: 1 } } },
    ]);
    expect(stderr).toContain('a trace of nft does not show ip filter');
    expect(code).toBe(0);
  });

  test('rules of iptables-nft, which nft shows by their names alone, are those of the machine', async () => {
    await pair.host.run('nft', ['flush', 'ruleset']);
    const rule = ['-p', 'udp', '-m', 'multiport', '--dports', '53,54', '-m', 'hashlimit'];
    const limit = ['--hashlimit-above', '1000/sec', '--hashlimit-name', 'x', '-j', 'DROP'];
    await pair.host.run('iptables-nft', ['-A', 'INPUT', ...rule, ...limit]);
    await pair.host.run('iptables-nft', [
      '-A',
      'INPUT',
      '-p',
      'udp',
      '-m',
      'multiport',
      '--dports',
      '53,54',
      '-j',
      'DROP',
    ]);
    const trace = await startLive(pair.host, [
      ...command,
      'trace',
      'live',
      '--live',
      'udp any -> 10.5.0.1',
      '--count',
      '1',
    ]);
    await send(pair.peer, 'udp 10.5.0.1 54');
    const { packets } = await trace.end();
    expect(packets).toMatchObject([
      { end: 'dropped', steps: [{ chain: 'INPUT', index: 2 }], foretold: { compared: true, agrees: true } },
    ]);
  });

  test('events that the kernel had to drop are counted, and no packet is taken for what it was not', async () => {
    const policy = 'table inet filter { chain input hook input priority filter { udp dport 9-10 drop } }\n';
    await load(policy);
    const trace = await live(policy, 'udp any -> 10.5.0.1:9-10');
    const monitor = childOf(trace.pid, 'monitor');
    process.kill(monitor, 'SIGSTOP');
    while (droppedBy(monitor) === 0)
      await pair.peer.run(process.execPath, ['-e', flood], { timeoutMs: 60_000 });
    const dropped = droppedBy(monitor);
    process.kill(monitor, 'SIGCONT');
    while (!trace.packets().some(isWhole)) await send(pair.peer, 'udp 10.5.0.1 10');
    trace.kill('SIGINT');
    const { packets, summary } = await trace.end();
    expect(summary?.lost).toBeGreaterThanOrEqual(dropped);
    expect(summary).toMatchObject({ differed: 0 });
    expect(packets.some(({ complete }) => !complete)).toBe(true);
  }, 120_000);
});

/** A packet to the second port, of which no event was lost. */
function isWhole({ spec, complete }: LiveLine): boolean {
  return complete && spec?.includes('10.5.0.1:10') === true;
}

/** Datagrams as fast as they can be sent. */
const flood = `
const socket = require('node:dgram').createSocket('udp4');
let left = 20000;
const next = () => { if (left-- > 0) socket.send('x', 9, '10.5.0.1', next); else socket.close(); };
next();
`;

/** Of its netlink sockets (net/netlink/af_netlink.c: netlink_native_seq_show). */
function droppedBy(pid: number): number {
  const rows = readFileSync(`/proc/${pid}/net/netlink`, 'utf8').trim().split('\n').slice(1);
  return rows.reduce((sum, row) => sum + Number(row.trim().split(/\s+/)[8]), 0);
}

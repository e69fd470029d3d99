import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TraceEvent } from '../../src/core/live/event.ts';
import { run } from '../../src/host/exec.ts';
import type { Lab } from '../../src/host/lab/lab.ts';
import { counterDelta, type Iptables, readCounters } from '../../src/host/trace/counters.ts';
import { startTrace } from '../../src/host/trace/monitor.ts';
import type { TracedPacket } from '../../src/host/trace/packets.ts';
import { listRules, ruleOf } from '../../src/host/trace/rules.ts';
import { gatewayNetwork } from './support/gateway.ts';
import { openNetwork } from './support/lab.ts';
import { loadIptables, loadNft } from './support/load.ts';
import { describeKernel } from './support/require.ts';
import { attempt, type Flow, listen } from './support/traffic.ts';

const nftRules = `
table inet filter {
  chain web {
    tcp dport 443 accept
    tcp dport 80 accept
  }
  chain forward {
    type filter hook forward priority filter; policy drop
    ct state established,related accept
    iifname lan0 oifname wan0 jump web
    udp dport 53 reject
  }
}
table ip nat {
  chain postrouting {
    type nat hook postrouting priority srcnat
    oifname wan0 masquerade
  }
}
`;

const iptablesRules = `*nat
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -o wan0 -j MASQUERADE
COMMIT
*filter
:FORWARD DROP [0:0]
:web - [0:0]
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -i lan0 -o wan0 -j web
-A FORWARD -p udp -m udp --dport 53 -j REJECT
-A web -p tcp -m tcp --dport 443 -j ACCEPT
-A web -p tcp -m tcp --dport 80 -j ACCEPT
COMMIT
`;

const outside = '198.51.100.9';
const webFlow: Flow = { transport: 'tcp', to: outside, port: 80, fromPort: 40000 };

describeKernel('a lab of namespaces', ['nft', 'iptables-nft', 'iptables-legacy', 'conntrack'], () => {
  let lab: Lab;
  let names: string[];
  beforeEach(async () => {
    lab = await openNetwork(gatewayNetwork);
    names = ['lan', 'gw', 'wan'].map((host) => lab.host(host).name);
  });
  afterEach(async () => {
    lab.close();
    expect(await namespacesAmong(names)).toEqual([]);
  });

  test('shows what nftables does with a connection, and conntrack its translation', async () => {
    const gw = lab.host('gw');
    await loadNft(gw, nftRules);
    await listen(lab.host('wan'), 'tcp', outside, 80);
    await using trace = await startTrace({ namespace: gw.name, match: 'meta l4proto { tcp, udp }' });

    expect(await attempt(lab.host('lan'), webFlow)).toEqual({
      outcome: 'success',
      seenAs: '203.0.113.1:40000',
    });
    const [syn, ...later] = await trace.take();

    expect(syn?.headers).toContain('ip saddr 10.0.0.2 ip daddr 198.51.100.9');
    expect(way(syn)).toEqual([
      'forward: iifname "lan0" oifname "wan0" jump web → jump web',
      'web: tcp dport 80 accept → accept',
      'postrouting: oifname "wan0" masquerade → accept',
    ]);
    expect(later.length).toBeGreaterThan(4);
    for (const packet of later) {
      expect(way(packet)).toEqual(['forward: ct state established,related accept → accept']);
    }
    expect(await gw.run('conntrack', ['-L'])).toMatch(
      /^tcp .* src=10\.0\.0\.2 dst=198\.51\.100\.9 sport=40000 dport=80 src=198\.51\.100\.9 dst=203\.0\.113\.1 sport=80 dport=40000 \[ASSURED\]/,
    );
  });

  test('shows where a packet was dropped or refused', async () => {
    const gw = lab.host('gw');
    await loadNft(gw, nftRules);
    await using trace = await startTrace({
      namespace: gw.name,
      match: 'iifname lan0 meta l4proto { tcp, udp }',
    });

    expect(await attempt(lab.host('lan'), { ...webFlow, port: 81 })).toEqual({ outcome: 'timeout' });
    expect(await attempt(lab.host('lan'), { ...webFlow, transport: 'udp', port: 53 })).toEqual({
      outcome: 'refused',
    });
    const packets = await trace.take();

    expect(packets.map(way)).toEqual([
      ['forward: iifname "lan0" oifname "wan0" jump web → jump web', 'forward: policy drop'],
      ['forward: iifname "lan0" oifname "wan0" jump web → jump web', 'forward: udp dport 53 reject → drop'],
    ]);
    expect(await trace.take()).toEqual([]);
  });

  test('names the rules of iptables-nft by their place', async () => {
    const gw = lab.host('gw');
    await loadIptables(gw, 'iptables-nft', iptablesRules);
    await using trace = await startTrace({ namespace: gw.name, match: 'tcp dport 80' });
    await attempt(lab.host('lan'), { ...webFlow, patience: 200 });
    const [syn] = await trace.take();
    const rules = await listRules(gw.name);

    const places = syn?.events.flatMap((event) => {
      const rule = event.kind === 'rule' ? ruleOf(event, rules) : undefined;
      return rule ? `${rule.table} ${rule.chain} ${rule.index}` : [];
    });
    expect(places).toEqual(['filter FORWARD 2', 'filter web 2', 'nat POSTROUTING 1']);
  });

  test.each<Iptables>(['iptables-legacy', 'iptables-nft'])('counts what %s did', async (iptables) => {
    const gw = lab.host('gw');
    await loadIptables(gw, iptables, iptablesRules);
    await listen(lab.host('wan'), 'tcp', outside, 80);
    const before = await readCounters(iptables, gw.name);
    expect(await attempt(lab.host('lan'), webFlow)).toEqual({
      outcome: 'success',
      seenAs: '203.0.113.1:40000',
    });
    const dropped = await attempt(lab.host('lan'), { ...webFlow, port: 81 });
    expect(dropped).toEqual({ outcome: 'timeout' });
    const delta = counterDelta(before, await readCounters(iptables, gw.name));
    const counts = new Map(
      delta.map(({ table, chain, index, packets }) => [`${table} ${chain} ${index}`, packets]),
    );

    // The legacy variant counts the policy of nat chains that it consulted, the other has no such chain here.
    counts.delete('nat PREROUTING policy');
    expect(counts.get('filter FORWARD 1')).toBeGreaterThan(4);
    counts.delete('filter FORWARD 1');
    expect(counts).toEqual(
      new Map([
        ['filter FORWARD policy', 1],
        ['filter FORWARD 2', 2],
        ['filter web 2', 1],
        ['nat POSTROUTING 1', 1],
      ]),
    );
  });

  test('leaves nothing behind when it is interrupted', async () => {
    const script = fileURLToPath(new URL('support/interrupted.ts', import.meta.url));
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [name = ''] = await once(createInterface(child.stdout), 'line');
    expect(await namespacesAmong([name])).toEqual([name]);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(await namespacesAmong([name])).toEqual([]);
  });
});

async function namespacesAmong(names: readonly string[]): Promise<readonly string[]> {
  const present = (await run('ip', ['netns', 'list'])).split('\n').map((line) => line.split(' ')[0]);
  return names.filter((name) => present.includes(name));
}

function way(packet: TracedPacket | undefined): readonly string[] {
  return packet?.events.flatMap(step) ?? [];
}

function step(event: TraceEvent): readonly string[] {
  if (event.kind === 'policy') return [`${event.chain}: policy ${event.policy}`];
  if (event.kind !== 'rule') return [];
  const { kind, target } = event.verdict;
  return [`${event.chain}: ${event.text} → ${[kind, target].filter(Boolean).join(' ')}`];
}

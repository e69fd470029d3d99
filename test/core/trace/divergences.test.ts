// The known differences from the kernel in docs/divergences.md, pinned: whoever removes one has to change the page.
import { expect, test } from 'vitest';
import type { RuleSet } from '../../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../../src/core/load.ts';
import { formatPacket } from '../../../src/core/packet/format.ts';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import type { Host } from '../../../src/core/topology/host.ts';
import { beginHistory, nextInHistory } from '../../../src/core/trace/history.ts';
import type { Trace } from '../../../src/core/trace/trace.ts';

/** The traces of packets that go through a policy one after the other. */
function history(text: string, specs: readonly string[]): readonly Trace[] {
  const { value } = loadPolicy({ name: 'policy.hook', text });
  if (!value) throw new Error('bad policy');
  let before = beginHistory();
  return specs.map((spec) => {
    const { injection, ...given } = requestOf(value.ruleSet, value.hosts[0], spec);
    const { traced, history: behind } = nextInHistory(given, before, injection);
    before = behind;
    return traced;
  });
}

function requestOf(ruleSet: RuleSet, host: Host | undefined, spec: string) {
  const { value } = parsePacketSpec({ name: 'packet', text: spec });
  if (!value) throw new Error(spec);
  return { ruleSet, host, injection: value };
}

const tracking = `table ip filter {
  chain FORWARD policy drop {
    ct state invalid drop
    accept
  }
}
`;

const opened = [
  'in a out b tcp 10.0.0.1:1000 -> 10.1.0.1:80 syn seq 1000',
  'in b out a tcp 10.1.0.1:80 -> 10.0.0.1:1000 syn,ack seq 5000 ack-seq 1001',
];

test('sequence numbers are not judged where one was not said', () => {
  const far = 'in a out b tcp 10.0.0.1:1000 -> 10.1.0.1:80 ack seq 1000000 ack-seq 5001';
  const [, , judged] = history(tracking, [...opened, far]);
  expect(judged?.ways[0].conntrack?.state).toBe('invalid');
  const silent = 'in b out a tcp 10.1.0.1:80 -> 10.0.0.1:1000 ack';
  const [, , , passed] = history(tracking, [...opened, silent, far]);
  expect(passed?.ways[0].conntrack?.state).toBe('established');
});

test('a helper writes nothing into packets', () => {
  const helped =
    'table ip help {\n ct helper ftp { type "ftp"; protocol tcp }\n chain pre hook prerouting priority filter {\n tcp dport 21 ct helper set "ftp"\n }\n}\ntable ip nat {\n chain POSTROUTING {\n snat to 10.1.0.99\n }\n}\n';
  // PORT 10,0,0,1,4,1
  const said = '0x504f52542031302c302c302c312c342c310d0a';
  const [passed] = history(helped, [
    `in a out b tcp 10.0.0.1:1000 -> 10.1.0.1:21 psh,ack seq 1 ack-seq 5001 payload ${said}`,
  ]);
  expect(passed?.ways[0].packet.payload).toHaveLength(19);
  expect(passed && formatPacket(passed.ways[0].packet)).toContain(said);
});

test('a limit is taken as not used before the first packet, and the trace says so', () => {
  const limited = 'table ip filter {\n chain FORWARD policy drop {\n limit 1/hour burst 5 accept\n }\n}\n';
  const packet = 'in a out b udp 10.0.0.1:1000 -> 10.1.0.1:53';
  const traces = history(
    limited,
    Array.from({ length: 6 }, () => packet),
  );
  expect(traces.map((one) => one.verdict)).toEqual([...Array.from({ length: 5 }, () => 'accept'), 'drop']);
  expect(traces.at(-1)?.ways[0].assumptions).toHaveLength(1);
});

test('a port that nobody speaks of does not answer', () => {
  const [refused, again] = history('table ip filter {\n chain INPUT { ct state new accept }\n}\n', [
    'in a local tcp 10.0.0.1:1000 -> 10.1.0.1:81 syn',
    'in a local tcp 10.0.0.1:1000 -> 10.1.0.1:81 syn',
  ]);
  expect(refused?.fate).toBe('delivered-local');
  // The reset of a closed port would have deleted the connection: the entry is still there.
  expect(again?.connections.size).toBe(1);
});

test('no redirect of IPv6 is sent', () => {
  const host =
    'host gw {\n interface "a" { address fe80::1/64; address fd00::1/64 }\n sysctl net.ipv6.conf.all.forwarding = 1\n}\n';
  const [traced] = history(`${tracking}${host}`, ['in a udp [fd00::5]:1 -> [fd00::6]:2']);
  expect(traced?.ways[0]).toMatchObject({ fate: 'forwarded', answers: [] });
});

test('rules with the same name of a hashlimit count by their own numbers', () => {
  const rules = `table ip filter {
  chain FORWARD {
    udp dport 1 hashlimit above "1/hour" burst 1 name "a" drop
    udp dport 2 hashlimit above "1000/sec" burst 1 name "a" drop
  }
}
`;
  const traces = history(rules, [
    'in a out b udp 10.0.0.1:1000 -> 10.1.0.1:1',
    'in a out b udp 10.0.0.1:1000 -> 10.1.0.1:2 after 1s',
  ]);
  // The kernel takes the numbers of the first rule for both, and drops the second packet.
  expect(traces.map((one) => one.verdict)).toEqual(['accept', 'accept']);
});

test('the limit of an element that a rule finds is followed both ways', () => {
  const rules = `table ip filter {
  set slow : ipv4_addr { flags dynamic; size 10 }
  chain FORWARD policy drop {
    udp dport 1 add @slow { ip saddr limit 1/hour burst 1 } accept
    ip saddr @slow accept
  }
}
`;
  const traces = history(rules, [
    'in a out b udp 10.0.0.1:1000 -> 10.1.0.1:1',
    'in a out b udp 10.0.0.1:1000 -> 10.1.0.1:2',
  ]);
  expect(traces.map((one) => one.verdict)).toEqual(['accept', 'depends']);
});

test('packets of connections in a flowtable meet all hooks, and the trace says so', () => {
  const offloading = `table ip filter {
  flowtable quick { hook ingress priority filter; devices = { "a", "b" } }

  chain FORWARD {
    udp dport 53 meta mark 0x1 drop
    flow add @quick
  }
}
`;
  const packet = 'in a out b udp 10.0.0.1:1000 -> 10.1.0.1:53';
  const [first, second] = history(offloading, [packet, `${packet} mark 0x1`]);
  const assumption = 'it meets all hooks, though its connection may be in a flowtable and skip them';
  expect(first?.ways.some(({ assumptions }) => assumptions.includes(assumption))).toBe(false);
  expect(second?.ways.map(({ verdict }) => verdict)).toContain('drop');
  expect(second?.ways.some(({ assumptions }) => assumptions.includes(assumption))).toBe(true);
});

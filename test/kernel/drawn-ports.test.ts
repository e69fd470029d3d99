// Ports that the kernel draws by chance are of the sets that the trace names, and come from all over them.
import { expect, test } from 'vitest';
import { conntrackTable } from '../../src/core/conntrack/table.ts';
import type { Packet } from '../../src/core/packet/packet.ts';
import { nothingRemembered } from '../../src/core/trace/memory.ts';
import { unchangedSets } from '../../src/core/trace/set-state.ts';
import { type Trace, trace } from '../../src/core/trace/trace.ts';
import { readWireFixture, type WireFixture } from '../support/wire-fixture.ts';
import { describeKernel } from './support/require.ts';
import { runOnWire } from './support/wire-host.ts';
import { causedOf, scriptOf } from './support/wire-script.ts';

const clients = Array.from({ length: 40 }, (_, at) => `10.0.0.${at + 2}`);

/** Rules that draw, what the clients send, and the set that is drawn from. */
const draws = {
  'a port that is taken, below 512': ['masquerade', 'udp', ':100', [1, 511]],
  'a port that is taken, from 512 to 1023': ['masquerade', 'udp', ':700', [600, 1023]],
  'a port that is taken, from 1024 on': ['masquerade', 'udp', ':5000', [1024, 65535]],
  'random, whether it is taken or not': ['masquerade random', 'tcp', ':600', [600, 1023]],
  'fully-random, of a range': ['masquerade to :3000-3999 fully-random', 'tcp', ':600', [3000, 3999]],
  'a range without the port that it was': ['snat to 10.1.0.1:3000-3999', 'udp', ':100', [3000, 3999]],
  'an identifier that is taken': ['masquerade', 'icmp', '', [0, 65535]],
} as const;

describeKernel('ports by chance', ['nft', 'conntrack', 'unshare'], () => {
  for (const [name, [rule, protocol, port, [lo, hi]]] of Object.entries(draws))
    test.concurrent(name, () => {
      const fixture = readWireFixture(name, policyText(rule, protocol, port));
      const named = traces(fixture).flatMap(({ ways: [way] }) => way.unknownParts);
      const isRandom = rule.includes('random') || rule.includes(':3000');
      expect(named.length).toBe(clients.length - (isRandom ? 0 : 1));
      const drawing = protocol === 'icmp' ? 'id: the kernel draws an id' : 'sport: the kernel draws a port';
      expect(new Set(named)).toEqual(new Set([`${drawing} from ${lo} to ${hi} by chance`]));
      const seen = runOnWire(scriptOf(fixture)).flatMap((record) => causedOf(record).frames);
      const drawn = seen.map(({ packet }) => portOf(packet)).slice(clients.length - named.length);
      expect(drawn.length).toBe(named.length);
      for (const one of drawn) expect(one >= lo && one <= hi).toBe(true);
      expect(Math.min(...drawn)).toBeLessThan((lo + hi) / 2);
      expect(Math.max(...drawn)).toBeGreaterThan((lo + hi) / 2);
    });
});

function policyText(rule: string, protocol: string, port: string): string {
  const match = rule.includes(':') ? `meta l4proto ${protocol} ` : '';
  const [to, kind] = port === '' ? ['', ' echo-request id 7'] : [':53', protocol === 'tcp' ? ' syn' : ''];
  const packets = clients.map((client) => `in lan0 ${protocol} ${client}${port} -> 10.1.0.9${to}${kind}`);
  return `table ip nat {
  chain POSTROUTING {
    ${match}${rule}
  }
}
host gw {
  interface "lan0" { address 10.0.0.1/24 }
  interface "wan0" { address 10.1.0.1/24 }
  sysctl net.ipv4.ip_forward = 1
}
# ---- packets ----
${packets.join('\n')}
`;
}

function traces({ policy, host, injections }: WireFixture): readonly Trace[] {
  let ending: Pick<Trace, 'connections' | 'sets' | 'memory'> = {
    connections: conntrackTable(),
    sets: unchangedSets,
    memory: nothingRemembered,
  };
  return injections.map((injection) => {
    const { connections, sets, memory } = ending;
    const traced = trace({ ruleSet: policy.ruleSet, host, injection, connections, sets, memory });
    ending = traced;
    return traced;
  });
}

function portOf({ transport }: Packet): number {
  if ('sport' in transport) return transport.sport;
  return transport.kind === 'icmp' ? transport.id : -1;
}

// All packets at once through rules of one kind each: where a packet ends that is one of them.

import { describe, expect, test } from 'vitest';
import { viewAt } from '../../../src/core/analyse/example.ts';
import { loadPolicy } from '../../../src/core/load.ts';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import { trace } from '../../../src/core/trace/trace.ts';
import { walkAll } from '../../support/walked.ts';

interface Case {
  readonly name: string;
  readonly rules: string;
  /** Packets, with every end that they may come to. */
  readonly packets: Readonly<Record<string, readonly string[]>>;
}

const host = `
host gw {
  interface "lan0" { address 10.0.0.1/24 }
  interface "wan0" { address 203.0.113.1/24 }
  route default via 203.0.113.254
  sysctl net.ipv4.ip_forward = 1
}
`;

const cases: readonly Case[] = [
  {
    name: 'jump comes back, goto ends as the chain that jumped, return ends the chain',
    rules: `table inet t {
      chain inner { tcp dport 22 accept; tcp dport 23 return; tcp dport 24 goto last; counter }
      chain last { ip saddr 10.0.0.9 drop }
      chain forward hook forward priority filter policy drop {
        jump inner
        tcp dport { 23, 24 } accept
      }
    }`,
    packets: {
      'in lan0 tcp 10.0.0.2:9 -> 198.51.100.1:22': ['accept | forwarded |  | wan0 | inet t inner 1'],
      'in lan0 tcp 10.0.0.2:9 -> 198.51.100.1:23': ['accept | forwarded |  | wan0 | inet t forward 2'],
      'in lan0 tcp 10.0.0.9:9 -> 198.51.100.1:24': ['drop | dropped |  |  | inet t last 1'],
      'in lan0 tcp 10.0.0.2:9 -> 198.51.100.1:24': ['accept | forwarded |  | wan0 | inet t forward 2'],
      'in lan0 udp 10.0.0.2:9 -> 198.51.100.1:22': ['drop | dropped |  |  | inet t forward policy'],
    },
  },
  {
    name: 'a map of verdicts',
    rules: `table ip t {
      chain web { accept }
      chain forward hook forward priority filter policy drop {
        tcp dport vmap { 80 : jump web, 22 : drop, 1000-2000 : accept }
        tcp dport 25 reject
      }
    }`,
    packets: {
      'in lan0 tcp 10.0.0.2:9 -> 198.51.100.1:80': ['accept | forwarded |  | wan0 | ip t web 1'],
      'in lan0 tcp 10.0.0.2:9 -> 198.51.100.1:1500': ['accept | forwarded |  | wan0 | ip t forward 1'],
      'in lan0 tcp 10.0.0.2:9 -> 198.51.100.1:25': ['reject | rejected |  |  | ip t forward 2'],
    },
  },
  {
    name: 'bits of a mark, set by several rules and kept with the connection',
    rules: `table inet t {
      chain pre hook prerouting priority mangle {
        meta mark set meta mark & 0xf0
        tcp dport 80 meta mark set meta mark | 0x1
        ct mark set meta mark
      }
      chain forward hook forward priority filter policy drop {
        meta mark 0x31 ct mark & 0xf == 0x1 accept
        ct mark 0x30 reject
      }
    }`,
    packets: {
      'in lan0 tcp 10.0.0.2:9 -> 198.51.100.1:80 mark 0x3e': [
        'accept | forwarded |  | wan0 | inet t forward 1',
      ],
      'in lan0 tcp 10.0.0.2:9 -> 198.51.100.1:81 mark 0x3e': ['reject | rejected |  |  | inet t forward 2'],
      'in lan0 tcp 10.0.0.2:9 -> 198.51.100.1:81': ['drop | dropped |  |  | inet t forward policy'],
    },
  },
  {
    name: 'routing sees the translated destination, the filter too, and masquerade comes last',
    rules: `table ip nat {
      chain PREROUTING {
        iif "wan0" tcp dport 8080 dnat to 10.0.0.2:80
      }
      chain POSTROUTING {
        oif "wan0" masquerade
      }
    }
    table ip filter {
      chain FORWARD policy drop {
        ct status dnat ip daddr 10.0.0.2 tcp dport 80 accept
        iif "lan0" accept
      }
      chain INPUT policy drop { }
    }`,
    packets: {
      'in wan0 tcp 198.51.100.9:9 -> 203.0.113.1:8080': [
        'accept | forwarded |  | lan0 | ip filter FORWARD 1',
      ],
      'in wan0 tcp 198.51.100.9:9 -> 203.0.113.1:80': ['drop | dropped |  |  | ip filter INPUT policy'],
      'in wan0 tcp 198.51.100.9:9 -> 10.0.0.2:80': ['drop | dropped |  |  | ip filter FORWARD policy'],
      'in lan0 tcp 10.0.0.2:9 -> 198.51.100.1:443': ['accept | forwarded |  | wan0 | ip filter FORWARD 2'],
    },
  },
  {
    name: 'what nobody can tell is followed both ways',
    rules: `table ip t {
      chain forward hook forward priority filter policy drop {
        limit 5/second accept
      }
    }`,
    packets: {
      'in lan0 tcp 10.0.0.2:9 -> 198.51.100.1:80': [
        'accept | forwarded |  | wan0 | ip t forward 1',
        'drop | dropped |  |  | ip t forward policy',
      ],
    },
  },
];

describe.each(cases)('$name', ({ rules, packets }) => {
  const { value } = loadPolicy({ name: 'case.hook', text: `${rules}\n${host}` }, 'hook');
  if (!value) throw new Error('the policy of the case is wrong');
  const { ruleSet, hosts } = value;
  const walked = walkAll(ruleSet, hosts[0], 'in');

  test.each(Object.entries(packets))('%s', (text, expected) => {
    const { value: injection } = parsePacketSpec({ name: 'packet', text });
    if (!injection) throw new Error(text);
    const request = { ruleSet, host: hosts[0], injection };
    const [way] = trace(request).ways;
    const seen = walked.space.seen(viewAt(request, way));
    const ends = walked.ends.filter(({ node }) => walked.space.bdd.intersects(node, seen));
    expect(ends.map(({ name }) => name).toSorted()).toEqual(expected);
  });
});

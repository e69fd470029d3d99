// A quick checker says what one says that traces each connection; only what the rules give is told for drift alone.
import { expect, test } from 'vitest';
import { parseConntrackLine } from '../../../src/core/conntrack/dump.ts';
import { checkerOf } from '../../../src/core/conntrack-check/check.ts';
import { quickCheckerOf } from '../../../src/core/conntrack-check/quick.ts';
import { policyOf } from '../../support/policy.ts';

const { ruleSet, hosts } = policyOf(`table ip filter {
  chain FORWARD policy drop { ct state established,related accept; iifname "lan0" tcp dport 80 accept; tcp dport 25 reject }
}
table ip nat {
  chain POSTROUTING { oifname "wan0" snat to 203.0.113.1 }
}
host gw {
  interface "lan0" { address 10.0.0.1/24 }
  interface "wan0" { address 203.0.113.1/24 }
  route default via 203.0.113.254 dev "wan0"
  sysctl net.ipv4.ip_forward = 1
}
`);

const answered = { ruled: '203.0.113.1', other: '203.0.113.9', none: '10.0.0.5' };

const lines = [80, 25, 22].flatMap((port) =>
  Object.values(answered).flatMap((by) =>
    ['', ' helper=ftp', ' labels=a,b', ' zone=3', ' mark=7'].map(
      (more) =>
        `tcp 6 300 ESTABLISHED src=10.0.0.5 dst=198.51.100.7 sport=51000 dport=${port} src=198.51.100.7 dst=${by} sport=${port} dport=51000 [ASSURED]${more}`,
    ),
  ),
);

test('the answers are those of traces', () => {
  const [quick, plain] = [quickCheckerOf(ruleSet, hosts[0]), checkerOf(ruleSet, hosts[0])];
  const found = new Set<string>();
  for (const line of lines) {
    const { value: entry } = parseConntrackLine(line);
    if (!entry) throw new Error(line);
    const { translation, ...rest } = plain(entry);
    const { verdict, expected } = translation;
    const isDrift = verdict === 'drift';
    expect(quick(entry)).toMatchObject({ ...rest, translation: { verdict, ...(isDrift && { expected }) } });
    found.add(`${rest.admission} ${rest.survival} ${verdict}`);
  }
  expect(found.size).toBeGreaterThan(3);
});

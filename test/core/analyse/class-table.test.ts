// Sets of packets as tables: what a person reads of what rules accept.
import { expect, test } from 'vitest';
import { packetClasses } from '../../../src/core/analyse/class-table.ts';
import { knownValues } from '../../../src/core/analyse/known-values.ts';
import { mentionedNames } from '../../../src/core/analyse/names.ts';
import { createSpace } from '../../../src/core/analyse/space.ts';
import { walkChain } from '../../../src/core/analyse/walk-chain.ts';
import type { PolicyZone } from '../../../src/core/ir/policy.ts';
import { loadPolicy } from '../../../src/core/load.ts';

/** What a chain of nft accepts, and whether the classes are exactly that. */
function accepted(rules: string, sets = '', zones: readonly PolicyZone[] = []): readonly string[] {
  const chain = `type filter hook forward priority 0; policy drop;\n${rules}`;
  const text = `table inet t {\n${sets}\nchain c {\n${chain}\n}\n}\n`;
  const ruleSet = loadPolicy({ name: 'rules.nft', text }, 'nft').value?.ruleSet;
  const [table] = ruleSet?.tables ?? [];
  const [first] = table?.chains ?? [];
  if (!ruleSet || !table || !first) throw new Error('no such rules');
  const space = createSpace(
    mentionedNames(
      [ruleSet],
      zones.flatMap(({ interfaces }) => interfaces),
    ),
  );
  const { bdd } = space;
  const { decided } = walkChain(space, table, first, 1, { hook: 'forward' });
  const accepting = decided.filter(({ result }) => result.kind === 'accept');
  const node = accepting.reduce((any, { path }) => bdd.or(any, path), 0);
  const classes = packetClasses(space, node, knownValues(zones, [ruleSet]));
  const together = classes.reduce((any, one) => bdd.or(any, one.node), 0);
  expect(bdd.and(together, space.valid())).toBe(bdd.and(node, space.valid()));
  return classes.map(({ cells }) => [...cells].map(([title, cell]) => `${title} ${cell}`).join('; '));
}

test.each([
  {
    rules: 'ip saddr 10.0.0.0/8 tcp dport 22 accept',
    classes: ['source 10.0.0.0/8; protocol tcp; destination port ssh'],
  },
  {
    rules: `ct state established,related accept
      ct state invalid drop
      iifname "lan*" accept
      iifname "wan" oifname "lan0" tcp dport { 22, 80, 443, 8000-8100 } accept`,
    classes: [
      'in lan*; ct state all but invalid',
      'in wan; out lan0; protocol tcp; destination port ssh, http, https, 8000-8100; ct state all but invalid',
      'ct state established, related',
    ],
  },
  {
    rules: `ip daddr 10.0.0.5 drop
      ip daddr 10.0.0.0/24 udp dport 53 accept
      tcp dport 53 accept
      udp dport 53 accept`,
    classes: [
      'family IPv4; destination all but 10.0.0.5; protocol tcp, udp; destination port dns',
      'family IPv6; protocol tcp, udp; destination port dns',
    ],
  },
  {
    rules: `icmp type echo-request accept
      icmpv6 type { echo-request, nd-neighbor-solicit } accept
      icmp type 3 icmp code 4 accept`,
    classes: [
      'family IPv4; protocol icmp; icmp type destination-unreachable code frag-needed, echo-request',
      'family IPv6; protocol icmpv6; icmp type echo-request, nd-neighbor-solicit',
    ],
  },
  { rules: 'tcp flags & (syn|ack) == syn accept', classes: ['protocol tcp; tcp flags syn not ack'] },
  {
    rules: 'meta mark & 0xff == 0x12 accept\nmeta mark 5 accept',
    classes: ['meta mark 0x5 or & 0xff = 0x12'],
  },
  {
    rules: 'limit rate 5/second accept',
    classes: ['limit 5/second in rule 1 of `c` at forward yes'],
  },
  {
    rules: 'iifname != "lo" tcp dport != 22 accept',
    classes: ['in all but lo; protocol tcp; destination port all but ssh'],
  },
  { rules: 'ip frag-off & 0x1fff != 0 accept', classes: ['family IPv4; later fragment yes'] },
  {
    rules: 'ip saddr 10.0.0.10-10.0.0.20 ip dscp 8 accept\nskuid 1000 accept',
    classes: ['meta skuid 1000', 'source 10.0.0.10-10.0.0.20; dscp 8'],
  },
  {
    rules: 'ip saddr { 10.0.0.0/8, 192.168.0.0/16 } accept\nip6 daddr 2001:db8::/32 accept',
    classes: ['source 10.0.0.0/8, 192.168.0.0/16', 'destination 2001:db8::/32'],
  },
  { rules: 'drop', classes: [] },
])('classes of `$rules`', ({ rules, classes }) => {
  expect(accepted(rules)).toEqual(classes);
});

test('zones and sets by their names', () => {
  const sets = 'set offices { type ipv4_addr; flags interval; elements = { 192.0.2.0/24, 198.51.100.0/25 } }';
  const rules = `iifname { "lan0", "lan1", "dmz" } ip saddr @offices accept
    ip saddr { 192.0.2.0/24, 198.51.100.0/25, 10.0.0.1 } oifname "wan" accept`;
  const zones = [
    { name: 'lan', interfaces: ['lan0', 'lan1'] },
    { name: 'rest', interfaces: ['wan'] },
  ];
  expect(accepted(rules, sets, zones)).toEqual([
    'out zone rest; source @offices, 10.0.0.1',
    'in zone lan, dmz; source @offices',
  ]);
});

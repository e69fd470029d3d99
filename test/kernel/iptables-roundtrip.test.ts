// What is emitted for iptables and ipset loads into the kernel with both variants of the tools, which then save exactly
// the rules that were written; and what they save is read and written again as the same text.
import { expect, test } from 'vitest';
import { emitIptables } from '../../src/core/iptables/emit.ts';
import { importIptables } from '../../src/core/iptables/import.ts';
import { emitIpset } from '../../src/core/iptables/ipset.ts';
import { policy } from '../core/iptables/support.ts';
import { describeKernel } from './support/require.ts';
import { loadAndSave, runAlone, tablesOf, variants } from './support/saved.ts';

const gateway = policy(`
table inet filter {
  set admins : ipv4_addr = { 198.51.100.7, 203.0.113.0/28, 10.0.0.1-10.0.0.9 }
  set admins6 : ipv6_addr = { 2001:db8::/48, 2001:db9::1 }
  set everywhere : ipv4_addr = { 0.0.0.0/0 }
  set web : port = { 80, 443, 8000-8010 }
  chain INPUT policy drop {
    ct state { established, related } accept
    ct state invalid counter drop
    iifname "lo" accept
    ip saddr @admins tcp dport @web accept
    ip6 saddr @admins6 tcp dport 22 accept
    ip daddr @everywhere udp dport { 53, 123, 1000-2000 } accept
    ip saddr { 10.0.0.0/8, 192.168.0.0/16 } tcp dport { 22, 80 } jump services
    iifname { "eth0", "br-*" } limit rate 10/minute burst 7 packets log "in \\"x\\": " level info accept
    limit rate 10/minute ip saddr 10.0.0.0/8 accept
    iifname != { "eth0", "eth1" } drop
    tcp flags & (fin | syn | rst | ack) == syn tcp dport != 22 drop
    tcp dport 6 log "b " ip saddr != 10.1.2.3 drop
    icmp type echo-request accept
    icmpv6 type { echo-request, nd-neighbor-solicit } accept
    ip ttl 64 drop
    meta mark & 0xff == 0x1 comment "it's \\"marked\\"" drop
    meta mark set 0x7 accept
    tcp dport 113 reject with tcp reset
    counter
  }
  chain OUTPUT { iifname != "eth0" drop }
  chain services {
    iifname != { "eth0", "eth1" } return
    iifname { "eth2", "eth3*" } limit rate 10/minute goto LOG
    tcp dport 22 accept
    counter
  }
  chain LOG { reject }
}
table ip nat {
  chain PREROUTING { iifname "wan0" tcp dport 8080 dnat to 10.0.0.2:80 }
  chain POSTROUTING { ip saddr 10.0.0.0/24 oifname "wan0" masquerade; oifname "wan1" snat to 203.0.113.4 }
}
table inet mangle {
  chain OUTPUT { udp dport 53 meta mark set 0x2 }
  chain FORWARD { oifname "ppp*" tcp dport 80 drop }
}
table inet raw { chain PREROUTING { udp dport 53 notrack } }
`);

function demand<T>({
  value,
  diagnostics,
}: {
  value: T | undefined;
  diagnostics: readonly { message: string }[];
}): T {
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value;
}

describeKernel(
  'iptables round trip',
  ['unshare', 'ipset', 'iptables-legacy', 'iptables-nft', 'ip6tables-legacy', 'ip6tables-nft'],
  () => {
    test.each(variants)('$tool saves what was written', (variant) => {
      const rules = demand(emitIptables(gateway, variant.family));
      const saved = loadAndSave(variant, rules, demand(emitIpset(gateway)));
      expect(tablesOf(saved)).toEqual(tablesOf(rules));
    });

    test.each(variants)('what $tool saves is read and written again as it is', (variant) => {
      const { family } = variant;
      const saved = loadAndSave(variant, demand(emitIptables(gateway, family)), demand(emitIpset(gateway)));
      const imported = demand(importIptables({ name: 'saved', text: saved }, { family }));
      expect(tablesOf(demand(emitIptables(imported, family)))).toEqual(tablesOf(saved));
    });

    test('loading the sets replaces their content', () => {
      const first = demand(emitIpset(gateway));
      const second = first.replace('add admins.new 198.51.100.7\n', 'add admins.new 198.51.100.8\n');
      const script = 'cat "$FIRST" | ipset restore; cat "$SECOND" | ipset restore; ipset save';
      const saved = runAlone(script, { FIRST: first, SECOND: second });
      expect(saved).toContain('add admins 198.51.100.8');
      expect(saved).not.toContain('198.51.100.7');
      expect(saved).not.toContain('.new');
    });
  },
);

// `compile --counters`: what the kernel had counted goes on from there, in both back ends and from both imports.
import { describe, expect, test } from 'vitest';
import { hookline } from './support/hookline.ts';

const dump = `*filter
:INPUT DROP [12:3400]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [7:18446744073709551615]
:own - [0:0]
[5:300] -A INPUT -p tcp -m tcp --dport 22 -m comment --comment "a b" -j ACCEPT
[2:80] -A INPUT -j own
[0:0] -A own -s 10.0.0.0/8
[1:40] -A own -p udp -m limit --limit 5/sec -j LOG --log-prefix "x "
COMMIT
`;

function compiled(input: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = hookline(['compile', '-', ...args], { input });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

function withoutHeader(text: string): string {
  return text.replace(/^#.*\n/, '');
}

describe('counts of iptables', () => {
  test('are kept when asked', () => {
    expect(withoutHeader(compiled(dump, '--to', 'iptables', '--counters'))).toBe(dump);
  });

  test('start afresh when not asked', () => {
    const bare = dump.replaceAll(/^\[\d+:\d+\] /gm, '').replaceAll(/\[\d+:\d+\]/g, '[0:0]');
    expect(withoutHeader(compiled(dump, '--to', 'iptables'))).toBe(bare);
  });

  test('become counters of nft behind the conditions', () => {
    const rules = compiled(dump, '--to', 'nft', '--counters').match(/^.*counter.*$/gm);
    expect(rules?.map((rule) => rule.trim())).toEqual([
      'tcp dport 22 counter packets 5 bytes 300 accept comment "a b"',
      'counter packets 2 bytes 80 jump own',
      'ip saddr 10.0.0.0/8 counter packets 0 bytes 0',
      'meta l4proto udp limit rate 5/second burst 5 packets counter packets 1 bytes 40 log prefix "x "',
    ]);
    expect(compiled(dump, '--to', 'nft')).not.toContain('counter');
  });
});

describe('counts of nft', () => {
  const text = `table ip filter {
	chain INPUT {
		type filter hook input priority 0; policy accept;
		tcp dport { 22, 80 } iifname { "a", "b" } counter packets 9 bytes 900 drop
		udp dport 53 accept
	}
}
`;

  test('become those of iptables, once for a rule that becomes several', () => {
    const lines = compiled(text, '--from', 'nft', '--to', 'iptables', '--counters').match(/^.*-A.*$/gm);
    expect(lines).toEqual([
      '[9:900] -A INPUT -i a -p tcp -m multiport --dports 22,80 -j DROP',
      '-A INPUT -i b -p tcp -m multiport --dports 22,80 -j DROP',
      '-A INPUT -p udp -m udp --dport 53 -j ACCEPT',
    ]);
  });

  test('stay in nft', () => {
    for (const more of [[], ['--counters']])
      expect(compiled(text, '--from', 'nft', '--to', 'nft', ...more)).toContain('packets 9 bytes 900 drop');
  });
});

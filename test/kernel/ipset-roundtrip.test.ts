// What the kernel saves of sets of ipset and of rules that look things up in them is read, written as a policy, and
// compiled to the same lines, which the kernel takes again.
import { expect, test } from 'vitest';
import { emitIptables } from '../../src/core/iptables/emit.ts';
import { emitIpset } from '../../src/core/iptables/ipset.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { writePolicy } from '../../src/core/policy-text/write-policy.ts';
import { createNamespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';

const sets = `create a hash:ip family inet timeout 300 counters comment
add a 10.0.0.1 timeout 200 packets 3 bytes 4 comment "a b"
create n hash:net family inet comment
add n 10.0.0.0/8
add n 192.0.2.0/24 comment "x"
create p hash:ip,port family inet
add p 10.0.0.1,tcp:80
add p 10.0.0.1,udp:53
create i hash:net,iface
add i 10.0.0.0/8,eth0
create b bitmap:port range 0-1024
add b 22
create but hash:net
add but 10.0.1.0/24 nomatch
create m hash:ip family inet netmask 24
add m 10.0.0.0
create bm bitmap:ip range 10.0.0.0-10.0.255.255 netmask 24
add bm 10.0.9.0
create ipi hash:ip,port,ip family inet
add ipi 10.0.0.1,tcp:80,10.0.0.2
create ipn hash:ip,port,net family inet
add ipn 10.0.0.1,sctp:80,10.0.0.0/8
create np hash:net,port family inet timeout 100 forceadd
add np 10.0.0.0/8,udplite:80 timeout 0
create mask hash:ip family inet bitmask 255.255.0.255
create mac bitmap:ip,mac range 10.0.0.0-10.0.0.255
create sk hash:ip skbinfo
add sk 10.0.0.1 skbmark 0x5/0xff
create odd hash:ip,port
add odd 10.0.0.1,icmp:echo-request
create w hash:net,iface
add w 0.0.0.0/0,eth wildcard
add w 10.0.0.0/8,physdev:eth0
create all list:set
add all a
create seen hash:ip timeout 60
`;

const rules = `*filter
:INPUT DROP [0:0]
-A INPUT -m set --match-set n src -j ACCEPT
-A INPUT -p tcp -m set --match-set p src,dst -j ACCEPT
-A INPUT -m set --match-set p src,dst -j ACCEPT
-A INPUT -m set --match-set i src,src -j ACCEPT
-A INPUT -p tcp -m set --match-set b dst -j ACCEPT
-A INPUT -m set --match-set but src -j ACCEPT
-A INPUT -m set --match-set all src -j ACCEPT
-A INPUT -m set --match-set m src -j ACCEPT
-A INPUT -m set ! --match-set bm dst -j ACCEPT
-A INPUT -p tcp -m set --match-set ipi src,dst,dst -j ACCEPT
-A INPUT -m set --match-set ipn src,dst,dst -j ACCEPT
-A INPUT -p udp -m udp -m set ! --match-set np src,dst -j ACCEPT
-A INPUT -m set --match-set np src,dst --return-nomatch -j ACCEPT
-A INPUT -m set ! --match-set a src -j ACCEPT
-A INPUT -m set --match-set seen src -j ACCEPT
-A INPUT -j SET --add-set seen src --exist
COMMIT
`;

/** Seconds that are left go on while the test runs. */
function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/(?<=^add .* timeout )[1-9]\d*/, 'some'))
    .toSorted();
}

function added(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.startsWith('-A'));
}

/** What a namespace of its own saves after it was given sets and rules. */
async function load(
  ipset: string,
  iptables: string,
): Promise<{ readonly sets: string; readonly rules: string }> {
  await using namespace = await createNamespace('ipset');
  await namespace.run('ipset', ['restore'], { input: ipset });
  await namespace.run('iptables-restore', [], { input: iptables });
  return {
    sets: await namespace.run('ipset', ['save']),
    rules: await namespace.run('iptables-save', ['-t', 'filter']),
  };
}

/** Sets of a policy of every kind that ipset has, with what may stand beside their elements. */
const policy = `table ip filter {
  set hosts : ipv4_addr {
    timeout 1h
    counter
    elements = { 10.0.0.1 counter packets 3 bytes 180 timeout 300s, 10.0.0.2-10.0.0.4 comment "a few" }
  }
  set ends : ipv4_addr . port = { 10.0.0.0/8 . 80-81, 192.0.2.1 . 22 }
  set served : port . protocol . ipv4_addr {
    flags timeout
    elements = { 53 . udp . 10.0.0.0-10.0.0.2 comment "it", 9 . sctp . 0.0.0.0/0 }
  }
  set near : ipv4_addr . interface = { 10.0.0.0/8 . "eth0" }
  set ports : port timeout = { 22 timeout 300s, 80 }
  chain INPUT policy drop {
    ip saddr != @hosts ip saddr . tcp dport != @ends accept
    ip saddr . udp dport @ends accept
    th dport . meta l4proto . ip daddr @served accept
    ip saddr . iif @near accept
    tcp dport @ports accept
    udp sport != @ports accept
  }
}
`;

function loaded(text: string): RuleSet {
  const { value, diagnostics } = loadPolicy({ name: 'text', text });
  if (!value) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  expect(diagnostics).toEqual([]);
  return value.ruleSet;
}

describeKernel('ipset', ['ipset', 'iptables'], () => {
  test("a policy's sets are loaded, and what is saved is read as sets again", async () => {
    const ruleSet = loaded(policy);
    const saved = await load(emitIpset(ruleSet).value ?? '', emitIptables(ruleSet, 'ip').value ?? '');
    const read = loaded(`${saved.sets}${saved.rules}`);
    expect(read.ipset).toBeUndefined();
    expect(lines(emitIpset(read).value ?? '')).toEqual(lines(saved.sets));
    expect(added(emitIptables(read, 'ip').value ?? '')).toEqual(added(saved.rules));
    expect(read.tables[0]?.sets.map(({ name }) => name)).toEqual([
      'hosts',
      'ends',
      'served',
      'near',
      'ports',
    ]);
  });

  test('what is saved comes back', async () => {
    const saved = await load(sets, rules);
    const { value } = loadPolicy({ name: 'dump', text: `${saved.sets}${saved.rules}` });
    const hook = writePolicy(value?.ruleSet ?? { tables: [] }, { origin: 'test' }).value ?? '';
    const ruleSet = loadPolicy({ name: 'policy.hook', text: hook }).value?.ruleSet ?? { tables: [] };
    const ipset = emitIpset(ruleSet).value ?? '';
    expect(lines(ipset)).toEqual(lines(saved.sets));
    const again = await load(ipset, emitIptables(ruleSet, 'ip').value ?? '');
    expect(lines(again.sets)).toEqual(lines(saved.sets));
    expect(added(again.rules)).toEqual(added(saved.rules));
  });
});

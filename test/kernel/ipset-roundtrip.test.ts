// What the kernel saves of sets of ipset and of rules that look things up in them is read, written as a policy, and
// compiled to the same lines, which the kernel takes again.
import { expect, test } from 'vitest';
import { emitIptables } from '../../src/core/iptables/emit.ts';
import { emitIpset } from '../../src/core/iptables/ipset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { writePolicy } from '../../src/core/policy-text/write-policy.ts';
import { createNamespace } from '../../src/host/lab/namespace.ts';
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
-A INPUT -m set ! --match-set a src -j ACCEPT
-A INPUT -m set --match-set seen src -j ACCEPT
-A INPUT -j SET --add-set seen src --exist
COMMIT
`;

/** Seconds that are left go on while the test runs. */
function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/ timeout (?:19\d|200) /, ' timeout 200 '))
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

describeKernel('ipset', ['ipset', 'iptables'], () => {
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

// `apply --to iptables-nft` and `--to iptables-legacy`: chains of one's own beside those of others, and sets in place.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMachine, hooklineOn, type Machine } from './support/applying.ts';
import { describeKernel } from './support/require.ts';

function policy(blocked: string, users: string): string {
  return `set blocked : address = { ${blocked} }
table inet filter {
  chain input hook input priority filter policy drop {
    ct state { established, related } accept
    iif "lo" accept
    from @blocked drop
    tcp dport 22 jump users-with-a-rather-long-name-of-a-chain
  }
  chain users-with-a-rather-long-name-of-a-chain { from ${users} accept }
}
table ip nat {
  chain PREROUTING hook prerouting priority dstnat { iif "wan0" tcp dport 8080 dnat to 10.0.0.2:80 }
}
`;
}

describeKernel('apply to iptables', ['iptables-nft', 'iptables-legacy', 'ipset', 'flock'], () => {
  test.each(['nft', 'legacy'])('%s', async (variant) => {
    const machine = await createMachine(`own-${variant}`);
    const { namespace } = machine;
    const saved = async () => {
      const texts = await Promise.all(
        ['iptables', 'ip6tables'].map((name) => namespace.run(`${name}-${variant}-save`, [])),
      );
      return texts.join('').replace(/^#.*\n|\[\d+:\d+\]/gm, '');
    };
    const applied = (text: string) => applyTo(machine, variant, text);
    await namespace.run(`iptables-${variant}`, ['-N', 'DOCKER-USER']);
    await namespace.run(`iptables-${variant}`, ['-A', 'INPUT', '-p', 'tcp', '--dport', '99', '-j', 'ACCEPT']);
    expect(applied(policy('192.0.2.1, 198.51.100.0/24', '10.0.0.0/8'))).toMatchObject({
      status: 0,
      stderr: '',
    });
    const first = await saved();
    expect(first).toMatch(/-A INPUT -j HOOKLINE-INPUT\n-A INPUT -p tcp .*99/);
    expect(first).toContain(':DOCKER-USER');
    expect(applied(policy('198.51.100.0/24', '10.1.0.0/16'))).toMatchObject({ status: 0, stderr: '' });
    expect(await namespace.run('ipset', ['save', 'blocked'])).not.toContain('192.0.2.1');
    await namespace.run(`iptables-${variant}`, ['-A', 'HOOKLINE-INPUT', '-j', 'ACCEPT']);
    const { status, stdout } = hooklineOn(machine, 'status');
    expect([status, stdout]).toEqual([1, expect.stringContaining('+ iptables: -A HOOKLINE-INPUT -j ACCEPT')]);
    expect(hooklineOn(machine, 'rollback')).toMatchObject({ status: 0, stderr: '' });
    expect(await saved()).toBe(first);
    expect(await namespace.run('ipset', ['save', 'blocked'])).toContain('192.0.2.1');
    expect(hooklineOn(machine, 'rollback')).toMatchObject({ status: 0, stderr: '' });
    expect(await saved()).not.toContain('HOOKLINE');
    expect(await saved()).toContain('--dport 99');
    expect(await namespace.run('ipset', ['save'])).toBe('');
  });
});

function applyTo(machine: Machine, variant: string, text: string) {
  const path = join(machine.state, 'policy.hook');
  writeFileSync(path, text);
  return hooklineOn(machine, 'apply', path, '--yes', '--to', `iptables-${variant}`);
}

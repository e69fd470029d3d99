// What `apply --persist` writes for the start of a machine is what the tools load there, and says which generation it is.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { statusAt } from '../../src/host/apply/status.ts';
import { admitting, createMachine, hooklineOn, type Machine, rulesOf } from './support/applying.ts';
import { describeKernel } from './support/require.ts';

function bootRoot({ state }: Machine, files: Readonly<Record<string, string>>): string {
  const root = join(state, 'root');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  mkdirSync(root, { recursive: true });
  return root;
}

function applyPersistent(machine: Machine, root: string, port: number, ...words: readonly string[]) {
  const path = join(machine.state, 'policy.hook');
  writeFileSync(path, admitting(port));
  return hooklineOn(machine, 'apply', path, '--yes', '--persist', '--boot-root', root, ...words);
}

describeKernel('a start of the machine', ['nft', 'iptables-nft', 'ipset', 'flock', 'setsid'], () => {
  test('has what is in force and confirmed', async () => {
    const machine = await createMachine('start');
    const root = bootRoot(machine, { 'etc/nftables.conf': '#!/usr/sbin/nft -f\nflush ruleset\n' });
    const rules = join(root, 'etc/hookline/rules.nft');
    expect(applyPersistent(machine, root, 22)).toMatchObject({ status: 0, stderr: '' });
    const before = await rulesOf(machine);
    expect(applyPersistent(machine, root, 80, '--confirm', '60').status).toBe(0);
    expect(readFileSync(rules, 'utf8')).not.toContain('dport 80');
    expect(hooklineOn(machine, 'confirm').status).toBe(0);
    expect(readFileSync(rules, 'utf8')).toContain('dport 80');
    expect(hooklineOn(machine, 'rollback').status).toBe(0);
    await machine.namespace.run('nft', ['flush', 'ruleset']);
    await machine.namespace.run('nft', ['-f', rules]);
    expect(await rulesOf(machine)).toBe(before);
    const status = await statusAt(machine.site, () => new Date());
    expect(status).toMatchObject({ kind: 'in-force', generation: { number: 1 }, drift: [] });
    expect(
      readFileSync(join(root, 'etc/nftables.conf'), 'utf8').match(/include "\/etc\/hookline/g),
    ).toHaveLength(1);
    const unit = readFileSync(join(root, 'etc/systemd/system/sysinit.target.wants/hookline.service'), 'utf8');
    expect(unit).toMatch(/^Before=network-pre\.target/m);
    expect(unit).not.toMatch(/network-online|nss-lookup/);
  });

  test('has the chains beside what netfilter-persistent loads', async () => {
    const machine = await createMachine('start-iptables');
    const { namespace } = machine;
    const others =
      '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 99 -j ACCEPT\nCOMMIT\n';
    const root = bootRoot(machine, { 'etc/iptables/rules.v4': others });
    for (const port of [22, 80])
      expect(applyPersistent(machine, root, port, '--to', 'iptables-nft')).toMatchObject({
        status: 0,
        stderr: '',
      });
    const [four, six] = ['etc/iptables/rules.v4', 'etc/hookline/rules.v6'].map((name) => join(root, name));
    expect(existsSync(join(root, 'etc/hookline/rules.v4'))).toBe(false);
    const saved = async () =>
      `${await namespace.run('iptables-nft-save', [])}${await namespace.run('ip6tables-nft-save', [])}`.replace(
        /^#.*\n|\[\d+:\d+\]/gm,
        '',
      );
    await namespace.run('iptables-nft', ['-A', 'INPUT', '-p', 'tcp', '--dport', '99', '-j', 'ACCEPT']);
    const before = await saved();
    await namespace.run('nft', ['flush', 'ruleset']);
    await namespace.run('iptables-nft-restore', [four ?? '']);
    await namespace.run('ip6tables-nft-restore', ['--noflush', six ?? '']);
    expect(await saved()).toBe(before);
  });
});

// Nobody is shut out by what is applied: it is refused, or comes back by itself after the connection was cut for real.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { statusAt } from '../../src/host/apply/status.ts';
import { admitting, createNeighbours, hooklineOn, type Machine, rulesOf, until } from './support/applying.ts';
import { describeKernel } from './support/require.ts';
import { startTransfer } from './support/transferring.ts';

const clock = () => new Date();

/** The session is one from the neighbour to port 22. */
const ssh = { SSH_CONNECTION: '10.9.0.2 40000 10.9.0.1 22' };

function policyIn({ state }: Machine, text: string): string {
  const path = join(state, 'policy.hook');
  writeFileSync(path, text);
  return path;
}

const nothingIn = `table inet filter {
  chain input hook input priority filter policy drop { tcp dport 80 accept }
}
`;

describeKernel('who controls the machine', ['nft', 'iptables-nft', 'flock', 'setsid'], () => {
  test('is not shut out', async () => {
    const machine = await createNeighbours('shut-out');
    const path = policyIn(machine, nothingIn);
    const { status, stderr } = hooklineOn({ ...machine, env: ssh }, 'apply', path, '--yes');
    expect([status, await rulesOf(machine)]).toEqual([1, '']);
    expect(stderr).toMatch(
      /a new connection by SSH from 10\.9\.0\.2 would be stopped by the policy of inet filter input/,
    );
    expect(stderr).toMatch(/what comes by the present connection from 10\.9\.0\.2 would be stopped/);
  });

  test('applies what admits them, also beside rules of others', async () => {
    const machine = await createNeighbours('admitted');
    const path = policyIn(machine, admitting(22));
    expect(hooklineOn({ ...machine, env: ssh }, 'apply', path, '--yes').status).toBe(0);
    expect(hooklineOn(machine, 'rollback').status).toBe(0);
    const others = 'table ip other { chain c { type filter hook input priority 10; tcp dport 22 drop; }; }\n';
    await machine.namespace.run('nft', ['-f', '-'], { input: others });
    const { status, stderr } = hooklineOn({ ...machine, env: ssh }, 'apply', path, '--yes');
    expect([status, stderr]).toEqual([1, expect.stringContaining('rule 1 of ip other c')]);
  });

  test('is let in by own chains of iptables before the rules of others, and not by those that go', async () => {
    const machine = await createNeighbours('own-chains');
    const words = ['--yes', '--to', 'iptables-nft'] as const;
    await machine.namespace.run('iptables-nft', ['-A', 'INPUT', '-p', 'tcp', '--dport', '22', '-j', 'DROP']);
    const admitted = hooklineOn(
      { ...machine, env: ssh },
      'apply',
      policyIn(machine, admitting(22)),
      ...words,
    );
    expect(admitted).toMatchObject({ status: 0, stderr: '' });
    const refused = hooklineOn({ ...machine, env: ssh }, 'apply', policyIn(machine, nothingIn), ...words);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('HOOKLINE-INPUT')]);
  });

  /** HK0033. */
  test('what is overridden is said, and noted', async () => {
    const machine = await createNeighbours('forced');
    const protecting = `${nothingIn}test "http" protect { packet in "wan0" local tcp 10.9.0.2:1 -> 10.9.0.1:80 syn\n expect accept }\n`;
    const others = 'table ip other { chain c { type filter hook input priority 10; tcp dport 80 drop; }; }\n';
    await machine.namespace.run('nft', ['-f', '-'], { input: others });
    const path = policyIn(machine, protecting);
    expect(hooklineOn(machine, 'apply', path, '--yes')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('test "http" would fail with all rules of this machine'),
    });
    const { status, stderr } = hooklineOn(machine, 'apply', path, '--yes', '--force');
    expect([status, stderr]).toEqual([0, expect.stringContaining('warning[HK0033]: test "http" would fail')]);
    const { generation } = await statusAt(machine.site, clock);
    expect(generation?.forced).toHaveLength(1);
  });

  test('gets the connection back that was cut for real', async () => {
    const machine = await createNeighbours('cut');
    const transfer = await startTransfer(machine.peer, machine.namespace, 22, 1);
    await until(() => transfer.latest().echoed > 0);
    const path = policyIn(machine, nothingIn);
    const words = ['apply', path, '--yes', '--confirm', '4'] as const;
    const { status, stderr } = hooklineOn({ ...machine, env: ssh }, ...words);
    expect([status, stderr]).toEqual([0, expect.stringContaining('comes back after 4 s')]);
    await expectCut(machine, () => transfer.latest().echoed);
    await until(async () => (await rulesOf(machine)) === '');
    const { echoed } = transfer.latest();
    await until(() => transfer.latest().echoed > echoed + 8192);
    expect((await transfer.end()).broken).toBe(0);
    expect(hooklineOn(machine, 'history').stdout).toContain('it was not confirmed within 4 s');
  });
});

/** Nothing gets through as long as the rules are in force. */
async function expectCut(machine: Machine, count: () => number): Promise<void> {
  await setTimeout(300);
  const before = count();
  await setTimeout(300);
  const after = count();
  // On a machine that is very slow it may be over already.
  if ((await rulesOf(machine)).includes('dport 80')) expect(after).toBe(before);
}

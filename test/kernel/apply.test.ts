// `apply` and what ends it, on a machine of its own: what is noted, what the kernel has, and the way back.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rollback, rollbackAll } from '../../src/host/apply/rollback.ts';
import { statusAt } from '../../src/host/apply/status.ts';
import {
  admitting,
  applyText,
  createMachine,
  hooklineOn,
  type Machine,
  rulesOf,
  until,
} from './support/applying.ts';
import { describeKernel } from './support/require.ts';

const clock = () => new Date();

function policyIn({ state }: Machine, text: string): string {
  const path = join(state, 'policy.hook');
  writeFileSync(path, text);
  return path;
}

describeKernel('apply', ['nft', 'flock', 'setsid'], () => {
  test('generations follow each other, and lead back', async () => {
    const machine = await createMachine('apply');
    const { site } = machine;
    await applyText(site, admitting(22));
    const first = await rulesOf(machine);
    await applyText(site, admitting(22, 80));
    expect(await rulesOf(machine)).toContain('tcp dport 80 accept');
    expect(await applyText(site, admitting(22, 80))).toMatchObject({ kind: 'nothing' });
    expect(await statusAt(site, clock)).toMatchObject({
      kind: 'in-force',
      generation: { number: 2 },
      drift: [],
    });
    await rollback(site, 'tester', clock);
    expect(await rulesOf(machine)).toBe(first);
    await applyText(site, admitting(443));
    await rollbackAll(site, 'tester', clock);
    expect(await rulesOf(machine)).toBe('');
    expect(await statusAt(site, clock)).toMatchObject({ kind: 'none' });
  });

  test('what others have made stays, unless it is taken over', async () => {
    const machine = await createMachine('adopt');
    const others = 'table ip other { chain c { accept; }; }\ntable inet filter { chain mine { drop; }; }\n';
    await machine.namespace.run('nft', ['-f', '-'], { input: others });
    const before = await rulesOf(machine);
    await expect(applyText(machine.site, admitting(22))).rejects.toThrow(/`inet filter` is there already/);
    expect(await rulesOf(machine)).toBe(before);
    await applyText(machine.site, admitting(22), { adopt: true });
    expect(await rulesOf(machine)).toContain('table ip other');
    await rollback(machine.site, 'tester', clock);
    expect(await rulesOf(machine)).toContain('chain mine');
    expect(await rulesOf(machine)).not.toContain('tcp dport 22');
  });

  test('drift is named, and what is lost is said', async () => {
    const machine = await createMachine('drift');
    await applyText(machine.site, admitting(22));
    await machine.namespace.run('nft', [
      'insert',
      'rule',
      'inet',
      'filter',
      'input',
      'tcp',
      'dport',
      '23',
      'accept',
    ]);
    const { drift } = await statusAt(machine.site, clock);
    expect(drift).toEqual([
      { what: 'added', where: 'table inet filter chain input', line: 'tcp dport 23 accept' },
    ]);
    await machine.namespace.run('nft', ['flush', 'ruleset']);
    expect(await statusAt(machine.site, clock)).toMatchObject({ kind: 'lost' });
    await expect(rollback(machine.site, 'tester', clock)).rejects.toThrow(/does not have generation 1/);
    await applyText(machine.site, admitting(22));
    expect(await statusAt(machine.site, clock)).toMatchObject({
      kind: 'in-force',
      generation: { number: 2 },
    });
  });

  test('the command checks first, applies, and says what is in force', async () => {
    const machine = await createMachine('command');
    const failing = `${admitting(22)}test "no ssh" { packet in "x" local tcp 10.0.0.2:1 -> 10.0.0.1:22 syn\n expect drop }\n`;
    const refused = hooklineOn(machine, 'apply', policyIn(machine, failing), '--yes');
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toContain('error[HK0030]: test "no ssh" of the policy fails');
    const path = policyIn(machine, admitting(22));
    expect(hooklineOn(machine, 'apply', path)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('say `--yes`'),
    });
    expect(await rulesOf(machine)).toBe('');
    expect(hooklineOn(machine, 'apply', path, '--yes')).toMatchObject({
      status: 0,
      stdout: /^applied: generation 1/,
    });
    expect(hooklineOn(machine, 'apply', path, '--yes').stdout).toMatch(/^nothing to do/);
    const { status, stdout } = hooklineOn(machine, 'status', '--json');
    expect([status, JSON.parse(stdout)]).toMatchObject([
      0,
      { state: 'in-force', generation: { source: { name: path } } },
    ]);
    expect(hooklineOn(machine, 'rollback').stdout).toMatch(/^rolled back: what was there before/);
    expect(hooklineOn(machine, 'history').stdout).toMatch(/^ +1 .* undone .*: rolled back$/m);
  });

  test('rules that nft does not take are refused', async () => {
    const machine = await createMachine('refusing');
    await applyText(machine.site, admitting(22));
    const before = await rulesOf(machine);
    const path = policyIn(machine, admitting(22).replace('iif "lo" accept', 'fib daddr oif "none0" accept'));
    const { status, stderr } = hooklineOn(machine, 'apply', path, '--yes');
    expect([status, await rulesOf(machine)]).toEqual([1, before]);
    expect(stderr).toContain('`nft` does not take the rules');
  });

  /** HK0031. */
  test('nothing is loaded on top of what somebody else changed meanwhile', async () => {
    const machine = await createMachine('meanwhile');
    await applyText(machine.site, admitting(22));
    const agreed = async () => {
      await machine.namespace.run('nft', ['flush', 'ruleset']);
      return { isAgreed: true, forced: [] };
    };
    await expect(applyText(machine.site, admitting(80), { agreed })).rejects.toThrow(/could not be loaded/);
    expect(await rulesOf(machine)).toBe('');
    expect(await statusAt(machine.site, clock)).toMatchObject({ kind: 'lost', generation: { number: 1 } });
  });

  test('what is not confirmed is undone, and said to be', async () => {
    const machine = await createMachine('confirm');
    await applyText(machine.site, admitting(22));
    await applyText(machine.site, admitting(80), { confirm: 8 });
    await until(async () => !(await rulesOf(machine)).includes('dport 80'));
    await until(async () => (await statusAt(machine.site, clock)).generation?.number === 1);
    expect(hooklineOn(machine, 'history', '--json').stdout).toContain('it was not confirmed within 8 s');
    expect(hooklineOn(machine, 'confirm')).toMatchObject({ status: 1 });
  });

  test('what is confirmed stays', async () => {
    const machine = await createMachine('confirmed');
    await applyText(machine.site, admitting(80), { confirm: 60 });
    await expect(applyText(machine.site, admitting(81))).rejects.toThrow(/has not been confirmed/);
    expect(hooklineOn(machine, 'confirm')).toMatchObject({ status: 0 });
    await applyText(machine.site, admitting(81));
    expect(await rulesOf(machine)).toContain('dport 81');
  });
});

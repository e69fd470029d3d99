// `plan`: what it says would change is what `apply` changes; where nothing would, it exits with 0.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { planReport } from '../../src/cli/schema/plan.ts';
import { admitting, createMachine, hooklineOn, type Machine, rulesOf } from './support/applying.ts';
import { describeKernel } from './support/require.ts';

function policyIn({ state }: Machine, text: string): string {
  const path = join(state, 'policy.hook');
  writeFileSync(path, text);
  return path;
}

function planOf(
  machine: Machine,
  path: string,
): { status: number | null; report: z.infer<typeof planReport> } {
  const { status, stdout } = hooklineOn(machine, '--json', 'plan', path);
  return { status, report: planReport.parse(JSON.parse(stdout)) };
}

/** `+ rule` and `- rule` of the only chain that changes. */
function rulesIn({ tables }: z.infer<typeof planReport>): readonly string[] {
  const chains = tables.flatMap((table) => table.chains);
  return chains.flatMap(({ rules }) =>
    rules.map(({ kind, text }) => `${kind === 'added' ? '+' : '-'} ${text}`),
  );
}

describeKernel('plan', ['nft', 'conntrack', 'flock', 'setsid'], () => {
  test('says what is to be done, by rules, packets and sysctls, and nothing once it is done', async () => {
    const machine = await createMachine('plan');
    await machine.namespace.run('ip', ['link', 'set', 'lo', 'up']);
    const path = policyIn(machine, admitting(22));
    const first = planOf(machine, path);
    expect(first).toMatchObject({
      status: 1,
      report: { changes: true, tables: [{ name: 'filter', kind: 'made' }] },
    });
    expect(await rulesOf(machine)).toBe('');
    expect(hooklineOn(machine, 'apply', path, '--yes').status).toBe(0);
    expect(planOf(machine, path)).toMatchObject({
      status: 0,
      report: { changes: false, tables: [], transaction: '' },
    });
    await machine.namespace.run('nft', [
      'insert',
      'rule',
      'inet',
      'filter',
      'input',
      'tcp',
      'dport',
      '9',
      'accept',
    ]);
    const drifted = planOf(machine, path);
    expect(drifted.status).toBe(1);
    expect(rulesIn(drifted.report)).toEqual(['- tcp dport 9 accept']);
    const other = planOf(machine, policyIn(machine, admitting(22, 80)));
    expect(rulesIn(other.report)).toEqual(['- tcp dport 9 accept', '+ tcp dport 80 accept']);
    expect(other.report.tables[0]?.chains[0]?.rules[1]?.source).toEqual({ file: path, line: 6 });
    const becomes = new Set(other.report.packets.classes.map(({ change }) => change));
    expect([...becomes].toSorted()).toEqual(['newly accepted', 'newly dropped']);
  });

  test('who would be shut out is told', async () => {
    const machine = await createMachine('plan-shut-out');
    await machine.namespace.run('ip', ['link', 'set', 'lo', 'up']);
    const protectedTest =
      'test "web" protect { packet in "lo" tcp 127.0.0.1:9 -> 127.0.0.1:80 syn ; expect accept }';
    const path = policyIn(machine, `${admitting(22).replace('    iif "lo" accept\n', '')}${protectedTest}\n`);
    const { stdout } = hooklineOn(machine, '--json', 'plan', path);
    const { lockOut } = planReport.parse(JSON.parse(stdout));
    expect(lockOut).toEqual([expect.stringContaining('test "web" would fail')]);
  });

  test('tables of others are told, and are left as they are', async () => {
    const machine = await createMachine('plan-others');
    const others =
      'table inet filter { chain input { accept; }; }\ntable inet other { chain c { drop; }; }\n';
    await machine.namespace.run('nft', ['-f', '-'], { input: others });
    const { report } = planOf(machine, policyIn(machine, admitting(22)));
    expect(report.foreign).toEqual([{ family: 'inet', name: 'filter' }]);
    expect(report.tables.map(({ name }) => name)).toEqual(['filter']);
  });
});

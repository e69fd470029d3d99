// Rules that change under traffic lose nothing, and an `apply` that is killed at any instant leaves the rules of before or all
// of the new ones. HOOKLINE_CHANGES and HOOKLINE_KILLS say how often: 500 and 200 take some minutes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { makeRandom } from '../../src/core/policy-test/random.ts';
import { rollback } from '../../src/host/apply/rollback.ts';
import { type Status, statusAt } from '../../src/host/apply/status.ts';
import { command } from '../cli/support/hookline.ts';
import { seed } from '../support/seed.ts';
import {
  admitting,
  applyText,
  createMachine,
  createNeighbours,
  hooklineOn,
  type Machine,
  rulesOf,
  until,
} from './support/applying.ts';
import { policyMaker } from './support/changing-policy.ts';
import { describeKernel } from './support/require.ts';
import { startTransfer } from './support/transferring.ts';

const changes = Number(process.env['HOOKLINE_CHANGES'] ?? 12);
const kills = Number(process.env['HOOKLINE_KILLS'] ?? 10);
const clock = () => new Date();

describeKernel('changes', ['nft', 'flock', 'setsid'], () => {
  test('under traffic that all policies admit nothing is lost', { timeout: 3_600_000 }, async () => {
    const machine = await createNeighbours('traffic');
    const draw = policyMaker(seed, 5001);
    await applyText(machine.site, draw());
    const transfer = await startTransfer(machine.peer, machine.namespace, 5001, 4);
    await until(() => transfer.latest().opened === 4 && transfer.latest().echoed > 0);
    for (let at = 0; at < changes; at++) {
      await applyText(machine.site, draw());
      if (at % 5 === 4) await rollback(machine.site, 'tester', clock);
    }
    const { echoed, received } = transfer.latest();
    await until(() => transfer.latest().echoed > echoed + 4 * 8192 && transfer.latest().received > received);
    const end = await transfer.end();
    expect(end).toMatchObject({ ended: true, opened: 4, broken: 0, received: end.sent });
  });

  test('that are killed leave the old rules or the new ones', { timeout: 3_600_000 }, async () => {
    const machine = await createMachine('killed');
    const random = makeRandom(seed);
    await applyText(machine.site, admitting(1000));
    const whole = await timeOf(() => hooklineOn(machine, 'apply', policyIn(machine, 1001), '--yes'));
    for (let at = 2; at < kills + 2; at++) {
      const before = await statusAt(machine.site, clock);
      const [old] = portsIn(await rulesOf(machine));
      const delay = at % 2 ? random.below(whole) : undefined;
      await applyAndKill(machine, 1000 + at, { delay, random: random.below(Math.ceil(whole / 3)) });
      const after = await settledStatus(machine);
      const ports = portsIn(await rulesOf(machine));
      expect(after).toMatchObject({ kind: 'in-force', drift: [], unconfirmed: false });
      const isSame = after.generation?.number === before.generation?.number;
      expect(ports).toEqual([isSame ? old : 1000 + at]);
      if (!isSame && at % 3 === 0) await expectWayBack(machine, before);
    }
    await applyText(machine.site, admitting(80));
    expect(portsIn(await rulesOf(machine))).toEqual([80]);
  });

  test('that are killed and not confirmed are undone', async () => {
    const machine = await createMachine('guarded');
    await applyText(machine.site, admitting(1000));
    const child = start(machine, policyIn(machine, 1001), '--confirm', '8');
    const undone = join(machine.site.folder, 'generations/2/undone.json');
    await until(async () => existsSync(undone) || portsIn(await rulesOf(machine)).includes(1001));
    killGroup(child.pid);
    await until(async () => portsIn(await rulesOf(machine)).includes(1000));
    await until(async () => (await statusAt(machine.site, clock)).generation?.number === 1);
    const { stdout } = hooklineOn(machine, 'history', '--json');
    expect(stdout).toContain('it was not confirmed within 8 s');
  });

  test('do not meet: the second is told who is at work', async () => {
    const machine = await createMachine('two');
    const agreed = async () => {
      const { status, stderr } = hooklineOn(machine, 'apply', policyIn(machine, 1001), '--yes');
      expect([status, stderr]).toEqual([1, expect.stringContaining(`process id ${process.pid} is changing`)]);
      return { isAgreed: true, forced: [] };
    };
    await applyText(machine.site, admitting(1000), { agreed });
    expect(portsIn(await rulesOf(machine))).toEqual([1000]);
    expect(hooklineOn(machine, 'apply', policyIn(machine, 1001), '--yes').status).toBe(0);
  });
});

function policyIn({ state }: Machine, port: number): string {
  const path = join(state, 'policy.hook');
  writeFileSync(path, admitting(port));
  return path;
}

function portsIn(rules: string): readonly number[] {
  return [...rules.matchAll(/tcp dport (\d+)/g)].map(([, port]) => Number(port));
}

async function timeOf(work: () => unknown): Promise<number> {
  const begun = performance.now();
  await work();
  return Math.ceil(performance.now() - begun);
}

/** The command in a group of processes of its own. */
function start({ namespace, state }: Machine, path: string, ...words: readonly string[]) {
  const [program, ...args] = [
    'ip',
    'netns',
    'exec',
    namespace.name,
    ...command,
    'apply',
    path,
    '--yes',
    ...words,
  ];
  return spawn(program ?? '', args, {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, HOOKLINE_STATE: state, SSH_CONNECTION: undefined },
  });
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** At an instant of the whole time, or some time after it has begun to write down what it does. */
async function applyAndKill(
  machine: Machine,
  port: number,
  { delay, random }: { readonly delay: number | undefined; readonly random: number },
): Promise<void> {
  const last = highestGeneration(machine, 0);
  const child = start(machine, policyIn(machine, port));
  const closed = once(child, 'close');
  const isBegun = () => child.exitCode !== null || highestGeneration(machine, last) > last;
  if (delay === undefined) await until(isBegun);
  await setTimeout(delay ?? random);
  killGroup(child.pid);
  await closed;
}

/** Numbers go on without gaps, also of those that never were in force. */
function highestGeneration({ site }: Machine, from: number): number {
  let number = from;
  while (existsSync(join(site.folder, 'generations', `${number + 1}`))) number++;
  return number;
}

/** What the killed process started may still be at work. */
async function settledStatus({ site }: Machine): Promise<Status> {
  let status = await statusAt(site, clock);
  while (status.busy !== undefined) {
    await setTimeout(20);
    status = await statusAt(site, clock);
  }
  return status;
}

async function expectWayBack(machine: Machine, before: Status): Promise<void> {
  await rollback(machine.site, 'tester', clock);
  expect((await statusAt(machine.site, clock)).generation?.number).toBe(before.generation?.number);
}

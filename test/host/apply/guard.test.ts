// Who undoes a change that nobody confirms: systemd where it runs the machine, and a process everywhere else.
import { expect, test } from 'vitest';
import { keeperAt, timerWords } from '../../../src/host/apply/guard.ts';

const machine = { folder: '/var/lib/hookline/machine' };

test.each([
  [machine, true, 'systemd'],
  [machine, false, 'process'],
  [{ folder: '/var/lib/hookline/netns-4026532177' }, true, 'process'],
  [{ ...machine, namespace: 'x' }, true, 'process'],
] as const)('%j, booted by systemd: %s', (site, booted, keeper) => {
  expect(keeperAt(site, booted)).toBe(keeper);
});

test('the timer runs the guardian at the end of the time', () => {
  const meta = { id: 'generation_3_0123456789ab', number: 3, confirm: 60 };
  const words = timerWords(machine, meta);
  expect(words.slice(0, 3)).toEqual(['systemd-run', '--quiet', '--collect']);
  expect(words).toContain('--unit=hookline-generation_3_0123456789ab');
  expect(words.join(' ')).toContain('--on-active 60s');
  expect(words.slice(-3)).toEqual([machine.folder, '3', '0']);
});

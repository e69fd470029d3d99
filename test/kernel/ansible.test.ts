// The role for Ansible on two machines: what it changes, in which order, and that a host on which something that has to work
// does not goes back and stops the others.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { command, repository } from '../cli/support/hookline.ts';
import { createMachine, type Machine, rulesOf } from './support/applying.ts';
import { describeKernel } from './support/require.ts';

const policy = (port: number) => `
host one {
  interface "lo" { address 127.0.0.1/8 }
  table inet filter { chain input hook input priority filter policy drop { tcp dport ${port} accept } }
}
host two {
  interface "lo" { address 127.0.0.1/8 }
  table inet filter { chain input hook input priority filter policy drop { udp dport ${port} accept } }
}
`;

const playbook = `
- hosts: all
  gather_facts: false
  serial: 1
  any_errors_fatal: true
  environment: { HOOKLINE_STATE: '{{ state }}' }
  roles: [hookline]
`;

interface Played {
  readonly status: number | null;
  readonly output: string;
  /** Of the lines at the end: how many tasks changed something, by host. */
  readonly changed: Readonly<Record<string, number>>;
}

/** Runs the play on both machines, as Ansible does from the folder of the playbook. */
function play(machines: Readonly<Record<string, Machine>>, ...args: readonly string[]): Played {
  const [folder = ''] = Object.values(machines).map(({ state }) => state);
  const hosts = Object.entries(machines).map(([name, { namespace, state }]) => [
    name,
    {
      ansible_connection: 'local',
      state: join(state, 'applied'),
      hookline_host: name,
      hookline_destination: join(state, 'etc/policy.hook'),
      hookline_command: ['ip', 'netns', 'exec', namespace.name, ...command],
    },
  ]);
  const vars = { hookline_policy: 'policy.hook', hookline_local_command: command, hookline_persist: false };
  writeFileSync(
    join(folder, 'inventory.json'),
    JSON.stringify({ all: { hosts: Object.fromEntries(hosts), vars } }),
  );
  writeFileSync(join(folder, 'play.yml'), playbook);
  const { status, stdout, stderr } = spawnSync(
    'ansible-playbook',
    ['-i', 'inventory.json', 'play.yml', ...args],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, ...settings(folder) } },
  );
  const recap = stdout.matchAll(/^(\w+) +: ok=\d+ +changed=(\d+)/gm);
  const changed = Object.fromEntries([...recap].map(([, name = '', count]) => [name, Number(count)]));
  return { status, output: stdout + stderr, changed };
}

function settings(folder: string) {
  return {
    ANSIBLE_ROLES_PATH: join(repository, 'contrib/ansible/roles'),
    ANSIBLE_NOCOLOR: '1',
    ANSIBLE_LOCAL_TEMP: join(folder, 'tmp'),
    ANSIBLE_REMOTE_TEMP: join(folder, 'tmp'),
    LC_ALL: 'C.UTF-8',
  };
}

function write(machines: Readonly<Record<string, Machine>>, port: number): void {
  const [folder = ''] = Object.values(machines).map(({ state }) => state);
  writeFileSync(join(folder, 'policy.hook'), policy(port));
}

describeKernel('the role for Ansible', ['ansible-playbook', 'nft', 'flock', 'setsid'], () => {
  let machines: { readonly one: Machine; readonly two: Machine };
  beforeAll(() => {
    expect(spawnSync('ansible-playbook', ['--version']).status).toBe(0);
  });

  test('plans, applies host by host, changes nothing twice, and stops at a host that does not work', {
    timeout: 600_000,
  }, async () => {
    machines = { one: await createMachine('ansible-one'), two: await createMachine('ansible-two') };
    write(machines, 22);
    const planned = play(machines, '--check');
    expect(planned, planned.output).toMatchObject({ status: 0, changed: { one: 1, two: 1 } });
    expect(await rulesOf(machines.one)).toBe('');
    const applied = play(machines);
    expect(applied.status, applied.output).toBe(0);
    expect(await rulesOf(machines.one)).toContain('tcp dport 22 accept');
    expect(await rulesOf(machines.two)).toContain('udp dport 22 accept');
    expect(play(machines)).toMatchObject({ status: 0, changed: { one: 0, two: 0 } });
    write(machines, 80);
    const failed = play(machines, '-e', JSON.stringify({ hookline_verify: [['false']] }));
    expect(failed.status, failed.output).not.toBe(0);
    expect(failed.output).toContain('those from before are in force again');
    expect(await rulesOf(machines.one)).toContain('tcp dport 22 accept');
    expect(await rulesOf(machines.two)).toContain('udp dport 22 accept');
    expect(failed.changed['two']).toBeUndefined();
  });
});

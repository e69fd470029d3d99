// What the table of sysctls says of defaults and ranges is what a fresh network namespace has and takes.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { otherSysctls } from '../../src/core/sysctl/known-names.ts';
import { sysctlTable } from '../../src/core/sysctl/table.ts';
import { describeKernel } from './support/require.ts';

function pathOf(name: string): string {
  return `/proc/sys/${name.replace('*', 'v0').replaceAll('.', '/')}`;
}

/** One answer for each line, in a namespace with a pair of interfaces. */
function inNamespace(lines: readonly string[]): readonly string[] {
  const script = ['ip link add v0 type veth peer name v1', ...lines.map((line) => `${line}; echo`)].join(
    '\n',
  );
  const { stdout } = spawnSync('unshare', ['-n', 'sh'], { input: script, encoding: 'utf8' });
  return stdout.split('\n').slice(0, lines.length);
}

/** IPv4 takes what the machine has set for itself into a new namespace (`net.core.devconf_inherit_init_net`). */
function isInherited(name: string): boolean {
  const path = pathOf(name).replace('/v0/', '/default/');
  return (
    name.startsWith('net.ipv4.conf.') && readFileSync(path, 'utf8').trim() !== `${sysctlTable[name]?.initial}`
  );
}

/** Linux 6.17 has another default, and the other is of the machine. */
const different = new Set(['net.ipv6.icmp.ratelimit']);

describeKernel('the table of sysctls', ['unshare'], () => {
  const names = Object.keys(sysctlTable);

  test('has the defaults of the kernel', () => {
    const asked = names.filter(
      (name) => sysctlTable[name]?.initial !== undefined && !different.has(name) && !isInherited(name),
    );
    const answers = inNamespace(
      asked.map((name) => `printf '%s' "$(cat ${pathOf(name)} 2>/dev/null | tr '\\t' ' ')"`),
    );
    const found = asked.map((name, at) => `${name} = ${answers[at]}`);
    expect(found.filter((line) => !line.endsWith('= '))).toEqual(
      asked.filter((_, at) => answers[at] !== '').map((name) => `${name} = ${sysctlTable[name]?.initial}`),
    );
    expect(found.length).toBeGreaterThan(60);
  });

  test('has the ranges of the kernel', () => {
    const ranged = names.flatMap((name) => {
      const { range } = sysctlTable[name] ?? {};
      return range && name !== 'net.netfilter.nf_conntrack_max' ? [{ name, range }] : [];
    });
    const writes = ranged.flatMap(({ name, range: [least, most] }) =>
      [least, most, least - 1, most + 1].map(
        (value) => `(echo ${value} > ${pathOf(name)}) 2>/dev/null && printf yes || printf no`,
      ),
    );
    const answers = inNamespace(writes);
    const found = ranged.map(({ name }, at) => `${name}: ${answers.slice(at * 4, at * 4 + 4).join(' ')}`);
    expect(found).toEqual(ranged.map(({ name }) => `${name}: yes yes no no`));
  });

  test('and of names of others knows all that this kernel has', () => {
    const folders = ['ipv4', 'ipv6', 'ipv4/conf/all', 'ipv6/conf/all', 'netfilter'];
    const listed = folders.flatMap((folder) => {
      const { stdout } = spawnSync(
        'unshare',
        ['-n', 'find', `/proc/sys/net/${folder}`, '-maxdepth', '1', '-type', 'f'],
        {
          encoding: 'utf8',
        },
      );
      return stdout.trim().split('\n');
    });
    const all = listed.map((path) =>
      path.replace('/proc/sys/', '').replaceAll('/', '.').replace('.all.', '.*.'),
    );
    expect(all.filter((name) => !otherSysctls.has(name) && !(name in sysctlTable))).toEqual([]);
    expect(existsSync('/proc/sys/net/ipv4/ip_forward')).toBe(true);
  });
});

// `conntrack check live --delete` takes exactly the stale connections out of the kernel's table.
import { expect, test } from 'vitest';
import { command, folderWith } from '../cli/support/hookline.ts';
import { createNamespace, type Namespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';

const policy = `table inet filter {
  chain forward hook forward priority filter policy drop { tcp dport 443 accept; ct zone 5 accept }
}
host gw {
  interface "lan0" { address 10.0.0.1/24 }
  interface "wan0" { address 203.0.113.1/24 }
  route default via 203.0.113.254 dev "wan0"
  sysctl net.ipv4.ip_forward = 1
}
`;

/** `-I` of connections to both ports, of which one is not admitted; and of protocols that have none. */
const made = [
  ...Array.from(
    { length: 30 },
    (_, at) => `-p tcp --sport ${1000 + at} --dport ${at % 3 ? 443 : 22} --state ESTABLISHED`,
  ),
  '-p udp --sport 1000 --dport 443',
  '-p icmp --icmp-type 8 --icmp-code 0 --icmp-id 7',
  '-p icmp --icmp-type 8 --icmp-code 0 --icmp-id 8',
  '-p tcp --sport 1000 --dport 22 --state ESTABLISHED -w 7',
  '-p gre --srckey 1 --dstkey 2',
  '-p 99',
];

async function listing(namespace: Namespace): Promise<readonly string[]> {
  const text = await namespace.run('conntrack', ['-L']);
  // Without the seconds that are left.
  const lines = text.split('\n').map((line) => line.replace(/^(\S+ +\d+) \d+/, '$1'));
  return lines.filter(Boolean).toSorted();
}

describeKernel('deleting connections', ['conntrack'], () => {
  test('what is stale goes, and nothing else', async () => {
    await using namespace = await createNamespace('deletes');
    for (const words of made)
      await namespace.run('conntrack', [
        '-I',
        '-s',
        '10.0.0.5',
        '-d',
        '198.51.100.7',
        '-t',
        '600',
        ...words.split(' '),
      ]);
    const before = await listing(namespace);
    expect(before.length).toBe(made.length);
    const cwd = folderWith({ 'p.hook': policy });
    const [node, ...words] = command;
    const check = (...options: readonly string[]) =>
      namespace.run('sh', [
        '-c',
        `cd ${cwd} && "$0" "$@"; echo "status $?"`,
        node,
        ...words,
        'conntrack',
        'check',
        'p.hook',
        'live',
        ...options,
      ]);
    const plan = await check('--delete-plan');
    expect(plan.match(/^conntrack -D -i \d+ /gm)?.length).toBe(16);
    expect(await listing(namespace)).toHaveLength(before.length);
    expect(await check('--delete', '--yes')).toBe('16 connections deleted\nstatus 0\n');
    const left = await listing(namespace);
    expect(left).toEqual(before.filter((line) => line.startsWith('tcp') && line.includes('dport=443')));
    expect(await check('--delete', '--yes')).toBe('no connection is stale: nothing was deleted\nstatus 0\n');
    expect(await check('--all')).toMatch(/status 0\n?$/);
    expect(left.length).toBe(20);
  });

  test('hundreds go in a few processes, also where conntrack takes no lines or no file can be written', async () => {
    await using namespace = await createNamespace('deletes-many');
    const cwd = folderWith({
      'p.hook': policy,
      'given.txt': Array.from(
        { length: 400 },
        (_, at) =>
          `-A -s 10.0.0.${5 + (at % 200)} -d 198.51.100.7 -t 600 -u SEEN_REPLY,ASSURED -p udp --sport ${1000 + at} --dport 53\n`,
      ).join(''),
      // As conntrack was before 1.4.7; and it says how often it was begun.
      conntrack: `#!/bin/sh\necho x >> $LOG\n[ -n "$OLD" ] && [ "$1" = -R ] && { echo 'unknown option' >&2; exit 2; }\nexec $REAL "$@"\n`,
    });
    const [node, ...words] = command;
    const script = `cd ${cwd}; chmod +x conntrack; export REAL=$(command -v conntrack) PATH=$PWD:$PATH LOG=$PWD/log
$REAL -R given.txt >/dev/null 2>&1
: > log; "$0" "$@"; wc -l < log
OLD=yes; export OLD; head -20 given.txt > few.txt; $REAL -R few.txt >/dev/null 2>&1; "$0" "$@"
unset OLD; head -3 given.txt > few.txt; $REAL -R few.txt >/dev/null 2>&1; TMPDIR=$PWD/nowhere "$0" "$@"
head -1 given.txt > few.txt; $REAL -R few.txt >/dev/null 2>&1; "$0" "$@"; $REAL -C`;
    const said = await namespace.run('sh', [
      '-c',
      script,
      node,
      ...words,
      'conntrack',
      'check',
      'p.hook',
      'live',
      '--delete',
      '--yes',
    ]);
    const [first = '', processes, second, third, last, left] = said.split('\n');
    expect(first).toBe('400 connections deleted');
    expect(Number(processes)).toBeLessThan(40);
    expect([second, third]).toEqual(['20 connections deleted', '3 connections deleted']);
    expect([last, left]).toEqual(['1 connection deleted', '0']);
  });
});

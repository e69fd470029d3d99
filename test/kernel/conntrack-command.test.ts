// Filters and deletions of our command lines, held against `conntrack` and the kernel's own table.
import { expect, test } from 'vitest';
import { readConntrack } from '../../src/core/conntrack/dump.ts';
import type { DumpedEntry } from '../../src/core/conntrack/dumped.ts';
import { matcherOf } from '../../src/core/conntrack-command/matches.ts';
import { parseFilter } from '../../src/core/conntrack-command/parse.ts';
import { deletionOf } from '../../src/core/conntrack-command/write.ts';
import { createNamespace, type Namespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';

/** Entries that differ in one thing each: what tells one may not mean another. */
const creations = [
  '-s 10.0.0.1 -d 10.0.0.2 -p tcp --sport 10 --dport 20 --state ESTABLISHED -u SEEN_REPLY,ASSURED',
  '-s 10.0.0.1 -d 10.0.0.2 -p tcp --sport 10 --dport 21 --state SYN_SENT',
  '-s 10.0.0.1 -d 10.0.0.3 -p tcp --sport 10 --dport 20 --state ESTABLISHED -u SEEN_REPLY -m 5',
  '-s 10.0.0.1 -d 10.0.0.2 -p tcp --sport 10 --dport 20 --state ESTABLISHED -w 7',
  '-s 10.0.0.1 -d 10.0.0.2 -p tcp --sport 14 --dport 20 --state CLOSE --orig-zone 8',
  '-s 10.0.0.1 -d 10.0.0.2 -p tcp --sport 14 --dport 20 --state CLOSE --reply-zone 10',
  '-s 10.0.0.1 -d 10.0.0.2 -p udp --sport 10 --dport 20',
  '-s 10.0.0.1 -d 10.0.0.2 -p udp --sport 11 --dport 20 -m 0x15',
  '-s 10.0.0.1 -d 10.0.0.4 -p udp --sport 11 --dport 20 --dst-nat 10.9.9.9:53',
  '-s 10.0.0.1 -d 10.0.0.4 -p udp --sport 12 --dport 20 --src-nat 10.9.9.8',
  '-s 10.0.0.1 -d 10.0.0.4 -p udp --sport 13 --dport 20 --src-nat 10.9.9.8:999 --dst-nat 10.9.9.7',
  '-s 10.0.0.1 -d 10.0.0.2 -p udplite --sport 10 --dport 20',
  '-s 10.0.0.1 -d 10.0.0.2 -p icmp --icmp-type 8 --icmp-code 0 --icmp-id 1',
  '-s 10.0.0.1 -d 10.0.0.2 -p icmp --icmp-type 8 --icmp-code 0 --icmp-id 2',
  '-s 10.0.0.1 -d 10.0.0.2 -p icmp --icmp-type 13 --icmp-code 0 --icmp-id 1',
  '-s fd00::1 -d fd00::2 -p icmpv6 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id 1',
  '-s fd00::1 -d fd00::2 -p icmpv6 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id 2',
  '-s fd00::1 -d fd00::2 -p tcp --sport 10 --dport 20 --state TIME_WAIT',
  '-s fd00::1 -d fd00::3 -p tcp --sport 10 --dport 20 --state TIME_WAIT --dst-nat fd00::9',
  '-s 10.0.0.1 -d 10.0.0.2 -p gre --srckey 1 --dstkey 2',
  '-s 10.0.0.1 -d 10.0.0.2 -p gre --srckey 1 --dstkey 3',
  '-s 10.0.0.1 -d 10.0.0.3 -p gre --srckey 1 --dstkey 3',
  '-s 10.0.0.1 -d 10.0.0.2 -p sctp --sport 10 --dport 20 --state ESTABLISHED --orig-vtag 1 --reply-vtag 2',
  '-s 10.0.0.1 -d 10.0.0.2 -p 50',
  '-s 10.0.0.1 -d 10.0.0.2 -p igmp',
];

async function create(namespace: Namespace): Promise<void> {
  for (const words of creations) await namespace.run('conntrack', ['-I', ...words.split(' '), '-t', '900']);
}

async function list(namespace: Namespace, ...filter: readonly string[]): Promise<readonly DumpedEntry[]> {
  const texts: string[] = [];
  // The two families in two listings, unless the filter names one; a filter of the other has none of it.
  for (const family of ['ipv4', 'ipv6'])
    try {
      const words = filter.includes('-f') ? filter : ['-f', family, ...filter];
      texts.push(await namespace.run('conntrack', ['-L', '-o', 'extended,id', ...words]));
      if (filter.includes('-f')) break;
    } catch {
      // The addresses of the filter are of the other family.
    }
  return [...readConntrack(texts.join('').split('\n'))].flatMap((item) =>
    item.kind === 'entry' ? item.entry : [],
  );
}

function numbers(entries: readonly DumpedEntry[]): readonly number[] {
  return entries.flatMap(({ id }) => id ?? []).toSorted((a, b) => a - b);
}

const filters = [
  '-s 10.0.0.1',
  '-s 10.0.0.2',
  '-s 10.0.0.0/8 -d 10.0.0.2/31',
  '-s 10.0.0.99 --mask-src 255.255.255.0',
  '-s fd00::/16',
  '-d 10.0.0.3',
  '-r 10.9.9.9',
  '-q 10.9.9.8',
  '-p tcp',
  '-p tcp --dport 20',
  '-p tcp --sport 10 --dport 21',
  '-p udp --reply-port-src 53',
  '-p tcp --state ESTABLISHED',
  '-p sctp --state ESTABLISHED',
  '-p icmp --icmp-type 8',
  '-p icmp --icmp-type 8 --icmp-id 2',
  '-p icmpv6 --icmpv6-id 1',
  '-p 50',
  '-p igmp',
  '-u SEEN_REPLY',
  '-u ASSURED',
  '-u UNREPLIED',
  '-m 5',
  '-m 5/15',
  '-m 0/1',
  '-w 7',
  '-w 0',
  '--orig-zone 8',
  '--reply-zone 10',
  '-w 0 --orig-zone 0 --reply-zone 0',
  '-f ipv4 -n',
  '-f ipv4 -p udp -g',
  '-f ipv4 -p udp -n 10.9.9.8',
  '-f ipv4 -p udp -n 10.9.9.8:999',
  '-f ipv4 -p udp -g 10.9.9.9:53',
  '-f ipv4 -j 10.9.9.7',
  '-f ipv4 -p tcp -j',
];

/** Filters of which conntrack forgets a part, with how many entries it lists and how many are meant. */
const forgotten = [
  ['-p gre --srckey 1 --dstkey 2', 3, 1],
  ['-f ipv6 -g fd00::8', 1, 0],
  ['-p udp -j 10.9.9.7', 0, 1],
] as const;

describeKernel('command lines of conntrack', ['conntrack'], () => {
  test('a filter means the entries that conntrack lists for it', async () => {
    await using namespace = await createNamespace('filter');
    await create(namespace);
    const all = await list(namespace);
    expect(all).toHaveLength(creations.length);
    const differing: unknown[] = [];
    for (const text of filters) {
      const { value } = parseFilter({ name: 'filter', text });
      const ours = value && numbers(all.filter(matcherOf(value)));
      const theirs = numbers(await list(namespace, ...text.split(' ')));
      if (JSON.stringify(ours) !== JSON.stringify(theirs)) differing.push({ text, ours, theirs });
    }
    expect(differing).toEqual([]);
  });

  test('conntrack forgets a part of some filters', async () => {
    await using namespace = await createNamespace('forgotten');
    await create(namespace);
    const all = await list(namespace);
    for (const [text, listed, meant] of forgotten) {
      const { value } = parseFilter({ name: 'filter', text });
      expect(await list(namespace, ...text.split(' ')), text).toHaveLength(listed);
      expect(value && all.filter(matcherOf(value)), text).toHaveLength(meant);
    }
  });

  test.each([
    ['with numbers', true],
    ['without numbers', false],
  ])('%s, a deletion deletes its entry and no other', async (_, numbered) => {
    await using namespace = await createNamespace('delete');
    await create(namespace);
    let left = await list(namespace);
    const passed: string[] = [];
    for (const { id, ...entry } of left) {
      const { words } = deletionOf({ ...entry, ...(numbered && id !== undefined && { id }) });
      if (!words) {
        passed.push(entry.protocolName);
        continue;
      }
      await namespace.run('conntrack', [...words]);
      const now = await list(namespace);
      expect(numbers(left.filter((one) => one.id !== id)), words.join(' ')).toEqual(numbers(now));
      left = now;
    }
    expect(passed).toEqual(numbered ? [] : ['gre', 'gre', 'gre']);
    expect(left).toHaveLength(passed.length);
  });
});

// The entries and events of a kernel are the same in every form that conntrack prints.
import { expect, test } from 'vitest';
import { readConntrack } from '../../src/core/conntrack/dump.ts';
import type { DumpedEntry, DumpItem } from '../../src/core/conntrack/dumped.ts';
import { ctStatus } from '../../src/core/conntrack/entry.ts';
import { listedLine } from '../../src/core/conntrack/listed.ts';
import { tupleKey } from '../../src/core/conntrack/tuple.ts';
import { createNamespace, type Namespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';

const creations = [
  '-s 10.0.0.1 -d 10.0.0.2 -p tcp --sport 10 --dport 20 --state ESTABLISHED -u SEEN_REPLY,ASSURED -m 7',
  '-s 10.0.0.1 -d 10.0.0.2 -p tcp --sport 11 --dport 20 --state SYN_SENT -w 3',
  '-s 10.0.0.1 -d 10.0.0.2 -p udp --sport 12 --dport 20 --orig-zone 5',
  '-s 10.0.0.1 -d 10.0.0.2 -p udp --sport 13 --dport 20 --reply-zone 6',
  '-s 10.0.0.1 -d 10.0.0.4 -p udp --sport 14 --dport 20 --src-nat 10.9.9.8:999 --dst-nat 10.9.9.7',
  '-s 10.0.0.1 -d 10.0.0.2 -p udplite --sport 10 --dport 20',
  '-s 10.0.0.1 -d 10.0.0.2 -p icmp --icmp-type 8 --icmp-code 0 --icmp-id 1',
  '-s fd00::1 -d fd00::2 -p icmpv6 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id 1',
  '-s fd00::1 -d fd00::2 -p tcp --sport 10 --dport 20 --state TIME_WAIT --dst-nat fd00::9',
  '-s 10.0.0.1 -d 10.0.0.2 -p gre --srckey 1 --dstkey 2',
  '-s 10.0.0.1 -d 10.0.0.2 -p sctp --sport 10 --dport 20 --state ESTABLISHED --orig-vtag 1 --reply-vtag 2',
  '-s 10.0.0.1 -d 10.0.0.2 -p 50',
];

const forms = [
  '',
  '-o extended',
  '-o extended,id',
  '-o ktimestamp,id,timestamp',
  '-o xml',
  '-o xml,extended,ktimestamp',
  '-o save',
];

async function create(namespace: Namespace): Promise<void> {
  for (const words of creations) await namespace.run('conntrack', ['-I', ...words.split(' '), '-t', '900']);
}

async function listing(namespace: Namespace, form: string): Promise<readonly DumpItem[]> {
  const texts: string[] = [];
  for (const family of ['ipv4', 'ipv6'])
    texts.push(await namespace.run('conntrack', ['-L', '-f', family, ...form.split(' ').filter(Boolean)]));
  return [...readConntrack(texts.join('').split('\n'))];
}

const shown = ctStatus['seen-reply'] | ctStatus.assured | ctStatus.snat | ctStatus.dnat;

/** What every form tells, but the seconds that pass meanwhile. */
function told({ original, reply, zone, status, protocolState }: DumpedEntry): string {
  const key = `${tupleKey(original)} | ${tupleKey(reply)}`;
  return `${key} ${zone.original}/${zone.reply} ${status & shown} ${protocolState ?? ''}`;
}

function toldBy(items: readonly DumpItem[]): readonly string[] {
  return items.flatMap((item) => (item.kind === 'entry' ? told(item.entry) : [])).toSorted();
}

/** Of ICMP XML tells too little. */
function withoutIcmp(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !/^\d\/(?:1|58) /.test(line));
}

describeKernel('forms of conntrack', ['conntrack', 'cat'], () => {
  test('every listing tells the same entries', async () => {
    await using namespace = await createNamespace('forms');
    await create(namespace);
    const expected = toldBy(await listing(namespace, '-o extended,id'));
    expect(expected).toHaveLength(creations.length);
    for (const form of forms) {
      const items = await listing(namespace, form);
      const isXml = form.includes('xml');
      expect(toldBy(items), form).toEqual(isXml ? withoutIcmp(expected) : expected);
      expect(
        items.filter(({ kind }) => kind === 'broken'),
        form,
      ).toHaveLength(isXml ? 2 : 0);
    }
    const proc = await namespace.run('cat', ['/proc/net/nf_conntrack']);
    expect(toldBy([...readConntrack(proc.split('\n'))])).toEqual(expected);
  });

  test('the normal form is that of `-o extended,id`, letter by letter', async () => {
    await using namespace = await createNamespace('normal');
    await namespace.run('sysctl', ['-qw', 'net.netfilter.nf_conntrack_acct=1']);
    await create(namespace);
    const items = await listing(namespace, '-o extended,id');
    for (const item of items) if (item.kind === 'entry') expect(listedLine(item.entry)).toBe(item.entry.raw);
    expect(items.filter(({ kind }) => kind === 'entry')).toHaveLength(creations.length);
  });

  test.each(['', '-o extended,id,timestamp', '-o xml', '-o xml,timestamp', '-o save'])(
    'events %s tell the same entries',
    async (form) => {
      await using namespace = await createNamespace('events');
      await create(namespace);
      const expected = toldBy(await listing(namespace, ''));
      await namespace.run('conntrack', ['-F']);
      const heard = await namespace.run('sh', ['-c', eventScript(form)], { timeoutMs: 60_000 });
      const items = [...readConntrack(heard.split('\n'))].map(entryOfEvent);
      expect(toldBy(items)).toEqual(form.includes('xml') ? withoutIcmp(expected) : expected);
    },
  );
});

/** An event as the entry that it is about. */
function entryOfEvent(item: DumpItem): DumpItem {
  return item.kind === 'event' ? item.event.of : item;
}

/** Makes the entries while conntrack listens, and prints what it heard when there are as many lines. */
function eventScript(form: string): string {
  return [
    'heard=$(mktemp)',
    `conntrack -E -e NEW ${form} > "$heard" 2> /dev/null & listener=$!`,
    "until grep -Eq '^[0-9a-f]+ +12 +[0-9]+ +0*1 ' /proc/net/netlink; do :; done",
    ...creations.map((words) => `conntrack -I ${words} -t 900 2> /dev/null`),
    `until [ "$(grep -cE 'src(=|>)|-s ' "$heard")" -ge ${creations.length} ]; do :; done`,
    'kill "$listener"',
    'cat "$heard"',
    'rm "$heard"',
  ].join('\n');
}

// The same connections, listed by `conntrack -L -o xml` and without it, are the same.
import { expect, test } from 'vitest';
import { readConntrack } from '../../../src/core/conntrack/dump.ts';
import type { DumpItem } from '../../../src/core/conntrack/dumped.ts';
import { formatEntry } from '../../../src/core/conntrack/format.ts';

function direction(name: string, ends: readonly [string, string], layer4: string): string {
  const [source, destination] = ends;
  const [number, family] = source.includes(':') ? [10, 'ipv6'] : [2, 'ipv4'];
  const layer3 = `<layer3 protonum="${number}" protoname="${family}"><src>${source}</src><dst>${destination}</dst></layer3>`;
  return `<meta direction="${name}">${layer3}${layer4}</meta>`;
}

function flow(ends: readonly [string, string], layer4: readonly [string, string], about: string): string {
  const [source, destination] = ends;
  return `<flow>${direction('original', ends, layer4[0])}${direction('reply', [destination, source], layer4[1])}<meta direction="independent">${about}</meta></flow>`;
}

function ports(number: number, name: string, [sport, dport]: readonly [number, number]): string {
  return `<layer4 protonum="${number}" protoname="${name}"><sport>${sport}</sport><dport>${dport}</dport></layer4>`;
}

const tcp = flow(
  ['10.0.0.1', '10.0.0.2'],
  [
    `${ports(6, 'tcp', [1000, 80])}<counters><packets>3</packets><bytes>180</bytes></counters>`,
    `${ports(6, 'tcp', [80, 1000])}<counters><packets>2</packets><bytes>120</bytes></counters>`,
  ],
  '<state>ESTABLISHED</state><timeout>999</timeout><mark>5</mark><zone>3</zone><use>1</use><id>3814250610</id><assured/>',
);
const udp = flow(
  ['fd00::1', 'fd00::2'],
  [ports(17, 'udp', [1000, 80]), ports(17, 'udp', [80, 1000])],
  '<timeout>99</timeout><mark>0</mark><use>1</use><unreplied/>',
);
const icmp = flow(
  ['10.0.0.1', '10.0.0.2'],
  ['<layer4 protonum="1" protoname="icmp"></layer4>', '<layer4 protonum="1" protoname="icmp"></layer4>'],
  '<timeout>9</timeout><mark>0</mark><use>1</use><unreplied/>',
);
const plain = [
  'tcp 6 999 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=1000 dport=80 packets=3 bytes=180 src=10.0.0.2 dst=10.0.0.1 sport=80 dport=1000 packets=2 bytes=120 [ASSURED] mark=5 zone=3 use=1 id=3814250610',
  'udp 17 99 src=fd00::1 dst=fd00::2 sport=1000 dport=80 [UNREPLIED] src=fd00::2 dst=fd00::1 sport=80 dport=1000 mark=0 use=1',
];

function said(item: DumpItem): string {
  if (item.kind === 'broken') return item.diagnostic.message;
  return item.kind === 'entry' ? formatEntry(item.entry) : item.kind;
}

test('flows are the connections of the plain listing', () => {
  const listing = ['<?xml version="1.0" encoding="utf-8"?>', '<conntrack>', tcp, udp, '</conntrack>'];
  expect([...readConntrack(listing)].map(said)).toEqual([...readConntrack(plain)].map(said));
});

test('several flows may share a line', () => {
  expect([...readConntrack([`<conntrack>${tcp}${udp}</conntrack>`])].map(said)).toHaveLength(2);
});

test('what the listing does not tell is no connection', () => {
  expect([...readConntrack([icmp, udp.slice(0, -30), '<flow></flow>'])].map(said)).toEqual([
    expect.stringContaining('does not tell the type and id of ICMP'),
    expect.stringContaining('does not end'),
    expect.stringContaining('both directions'),
  ]);
});

// Events of traced packets put together, and the headers that nft prints of them.
import { expect, test } from 'vitest';
import { parseTraceLine } from '../../../src/core/live/event.ts';
import { gatherer, type LivePacket } from '../../../src/core/live/gather.ts';
import { readHeaders } from '../../../src/core/live/headers.ts';
import { formatPacket } from '../../../src/core/packet/format.ts';

const udp =
  'ip saddr 10.0.0.1 ip daddr 10.0.0.2 ip dscp 0x00 ip ecn 0x0 ip ttl 64 ip id 5 ip protocol 17 ip length 31 udp sport 4000 udp dport 53 udp length 11';

/** The packets of these lines, all at once. */
function gathered(lines: readonly string[]): readonly LivePacket[] {
  const packets = gatherer('own');
  for (const line of lines) {
    const event = parseTraceLine(line);
    if (!event) packets.lose();
    else packets.add(event, 0);
  }
  return packets.take(0, true);
}

const begin = (id: string, chain: string, way: string) => [
  `trace id ${id} inet own ${chain} packet: ${way} ${udp} `,
  `trace id ${id} inet own ${chain} rule meta nftrace set 1 # handle 4 (verdict continue)`,
  `trace id ${id} inet own ${chain} policy accept meta mark 0x00000007 `,
];

/** A packet that is dropped or accepted, all with one id. */
const wayTo = (verdict: string) => [
  ...begin('1', 'received', 'iif "wan0"'),
  'trace id 1 inet own known_received rule ct state 0x8 goto is_new # handle 15 (verdict goto is_new)',
  `trace id 1 inet f input packet: iif "wan0" ${udp} `,
  `trace id 1 inet f input unknown rule handle 7 (verdict ${verdict})`,
];

test('packets with one id are told apart by where they come in', () => {
  const found = gathered([
    ...wayTo('drop'),
    ...wayTo('accept'),
    'trace id 1 inet own delivered policy accept ',
  ]);
  expect(found).toMatchObject([
    { number: 1, direction: 'in', mark: 7, state: 'new', end: 'dropped', isCut: false },
    { number: 2, end: 'delivered' },
  ]);
  expect(found[0]?.events.map(({ kind }) => kind)).toEqual(['packet', 'rule']);
});

test('what the host sends to itself is one packet', () => {
  const [first, ...others] = gathered([
    ...begin('1', 'sent', 'oif "lo"'),
    `trace id 1 inet own left packet: oif "lo" ${udp} `,
    'trace id 1 inet own left policy accept ',
    ...begin('2', 'received', 'iif "lo" @ll,0,112 0x800'),
    'trace id 2 inet own delivered policy accept ',
  ]);
  expect(first).toMatchObject({ number: 1, direction: 'out', end: 'delivered' });
  expect(others).toEqual([]);
});

test('of an event whose beginning was not seen nothing is made, and lost events are said', () => {
  expect(gathered(['trace id 9 inet f input policy drop '])).toEqual([]);
  const lines = [...begin('1', 'received', 'iif "wan0"'), '# ERROR: We lost some netlink events!'];
  expect(gathered(lines)).toMatchObject([{ isCut: true, end: 'gone' }]);
  // Those that were kept come behind the message.
  expect(gathered(lines.toReversed())).toMatchObject([{ isCut: true }]);
});

test('a packet is through when nothing more is heard of it', () => {
  const packets = gatherer('own');
  for (const line of begin('1', 'received', 'iif "wan0"')) {
    const event = parseTraceLine(line);
    if (event) packets.add(event, 1000);
  }
  expect(packets.take(1100)).toEqual([]);
  expect(packets.take(3000)).toHaveLength(1);
  expect(packets.take(3000)).toEqual([]);
});

test.each([
  [
    `iif "wan0" ether saddr 02:00:00:00:00:01 ether daddr 02:00:00:00:00:02 ${udp}`,
    'udp 10.0.0.1:4000 -> 10.0.0.2:53 ipid 5 len 31 mac 02:00:00:00:00:01 dmac 02:00:00:00:00:02',
  ],
  [
    'oif "lo" ip6 saddr ::1 ip6 daddr ::1 ip6 dscp 0x00 ip6 ecn 0x0 ip6 hoplimit 64 ip6 flowlabel 991247 ip6 nexthdr 6 ip6 length 20 tcp sport 1 tcp dport 2 tcp flags == 0x12 tcp window 5',
    'tcp [::1]:1 -> [::1]:2 syn,ack window 5',
  ],
  [
    'iif "a" ip saddr 1.1.1.1 ip daddr 2.2.2.2 ip dscp 0x30 ip ecn 0x2 ip ttl 3 ip id 9 ip protocol 1 ip length 28 icmp type 8 icmp code 0 icmp id 7 icmp sequence 2',
    'icmp 1.1.1.1 -> 2.2.2.2 echo-request id 7 seq 2 ttl 3 dscp cs6 ecn-bits 2 ipid 9',
  ],
  [
    'iif "a" ip saddr 1.1.1.1 ip daddr 2.2.2.2 ip ttl 64 ip length 28 udp sport 1 udp dport 2',
    'udp 1.1.1.1:1 -> 2.2.2.2:2',
  ],
])('headers: %s', (text, spec) => {
  const read = readHeaders(text);
  expect(typeof read === 'string' ? read : formatPacket(read.packet)).toBe(spec);
});

test('headers that are not told are unknown', () => {
  const network = 'ip saddr 1.1.1.1 ip daddr 2.2.2.2 ip ttl 64 ip length 60';
  const error = readHeaders(`${network} ip protocol 1 icmp type 3 icmp code 3 icmp id 0 icmp sequence 0`);
  expect(error).toMatchObject({
    packet: { untold: 'nft does not print the packet that the error speaks of' },
  });
  expect(readHeaders(`${network} ip protocol 132`)).toMatchObject({
    packet: { untold: 'nft does not print its ports' },
  });
  expect(readHeaders('ether saddr 02:00:00:00:00:01')).toBe('nft prints no header of IP');
});

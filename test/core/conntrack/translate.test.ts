import { describe, expect, test } from 'vitest';
import { confirm } from '../../../src/core/conntrack/confirm.ts';
import { type Manip, type NatRange, setupNat } from '../../../src/core/conntrack/nat.ts';
import { type ConntrackTable, conntrackTable } from '../../../src/core/conntrack/table.ts';
import { track } from '../../../src/core/conntrack/track.ts';
import { translate } from '../../../src/core/conntrack/translate.ts';
import { type Packet, protocolNumber } from '../../../src/core/packet/packet.ts';
import { icmp, ip, opaque, packetOf, udp } from './support/packets.ts';

/** The table after the first packet of a connection with these mappings. */
function bound(packet: Packet, ranges: Partial<Record<Manip, NatRange>>): ConntrackTable {
  const { entry, table } = track(conntrackTable(), packet);
  if (!entry) throw new Error('no entry');
  const destination = setupNat(table, entry, 'destination', ranges.destination ?? 'null');
  return confirm(table, setupNat(table, destination.entry, 'source', ranges.source ?? 'null').entry).table;
}

/** The packet behind PREROUTING and behind POSTROUTING; undefined where it was dropped. */
function through(table: ConntrackTable, packet: Packet): readonly [Packet | undefined, Packet | undefined] {
  const { entry, direction } = track(table, packet);
  if (!entry) throw new Error('no entry');
  const inside = translate(packet, entry, direction, 'destination');
  return [inside, inside && translate(inside, entry, direction, 'source')];
}

const masqueraded = { source: { minAddress: ip('10.0.2.1') } };
const published = { ...masqueraded, destination: { minAddress: ip('10.0.2.3'), minPort: 100 } };
const first = udp('10.0.1.2:1000', '10.0.2.2:99');

describe('addresses and ports', () => {
  test('of both directions, each half at its own hook', () => {
    const table = bound(first, published);
    expect(through(table, first)).toEqual([
      udp('10.0.1.2:1000', '10.0.2.3:100'),
      udp('10.0.2.1:1000', '10.0.2.3:100'),
    ]);
    expect(through(table, udp('10.0.2.3:100', '10.0.2.1:1000'))).toEqual([
      udp('10.0.2.3:100', '10.0.1.2:1000'),
      udp('10.0.2.2:99', '10.0.1.2:1000'),
    ]);
  });

  test('stay without a mapping', () => {
    const table = bound(first, {});
    const answer = udp('10.0.2.2:99', '10.0.1.2:1000');
    expect(through(table, first)).toEqual([first, first]);
    expect(through(table, answer)).toEqual([answer, answer]);
  });

  test('of a protocol without ports', () => {
    const esp = packetOf('10.0.1.2', '10.0.2.2', 50, { kind: 'opaque' });
    expect(through(bound(esp, masqueraded), esp)[1]?.source).toBe(ip('10.0.2.1'));
  });
});

test('the ICMP identifier goes with the source', () => {
  const request = icmp('10.0.1.2', '10.0.2.2', 8, { id: 77 });
  const source = { ...masqueraded.source, minPort: 5, maxPort: 5 };
  const table = bound(request, { source });
  expect(through(table, request)[1]).toEqual(icmp('10.0.2.1', '10.0.2.2', 8, { id: 5 }));
  const reply = icmp('10.0.2.2', '10.0.2.1', 0, { id: 5 });
  expect(through(table, reply)[0]).toEqual(icmp('10.0.2.2', '10.0.1.2', 0, { id: 77 }));
});

describe('ICMP errors', () => {
  test('about a masqueraded connection keep the router that sent them', () => {
    const sent = udp('10.0.2.1:1000', '10.0.2.2:99');
    const error = icmp('10.0.2.9', '10.0.2.1', 3, { code: 1, inner: sent });
    const expected = icmp('10.0.2.9', '10.0.1.2', 3, { code: 1, inner: first });
    expect(through(bound(first, masqueraded), error)).toEqual([expected, expected]);
  });

  test.each(['10.0.2.3', '10.0.2.9'])(
    'about a published server come from its public address, not from %s',
    (host) => {
      const sent = udp('10.0.2.1:1000', '10.0.2.3:100');
      const error = icmp(host, '10.0.2.1', 11, { inner: sent });
      expect(through(bound(first, published), error)[1]).toEqual(
        icmp('10.0.2.2', '10.0.1.2', 11, { inner: first }),
      );
    },
  );

  test('from the client about an answer', () => {
    const answer = udp('10.0.2.2:99', '10.0.1.2:1000');
    const error = icmp('10.0.1.2', '10.0.2.2', 3, { code: 3, inner: answer });
    const inner = udp('10.0.2.3:100', '10.0.2.1:1000');
    expect(through(bound(first, published), error)[1]).toEqual(
      icmp('10.0.2.1', '10.0.2.3', 3, { code: 3, inner }),
    );
  });

  test('that redirect a translated connection are dropped, others pass', () => {
    const sent = udp('10.0.2.1:1000', '10.0.2.2:99');
    const redirect = icmp('10.0.2.9', '10.0.2.1', 5, { inner: sent });
    expect(through(bound(first, masqueraded), redirect)).toEqual([undefined, undefined]);
    const plain = icmp('10.0.2.9', '10.0.1.2', 5, { inner: first });
    expect(through(bound(first, {}), plain)[1]).toEqual(plain);
  });
});

test('ports of SCTP are rewritten in its bytes', () => {
  const ends = [0x13, 0x88, 0, 99];
  const bytes = [...ends, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 8, 1, 1, 1, 1];
  const init = opaque('10.0.1.2', '10.0.2.2', protocolNumber.sctp, bytes);
  const ports = { source: { minAddress: ip('10.0.2.1'), minPort: 9 }, destination: published.destination };
  const [inside, outside] = through(bound(init, ports), init);
  expect([...(inside?.payload ?? [])].slice(0, 4)).toEqual([0x13, 0x88, 0, 100]);
  expect([...(outside?.payload ?? [])].slice(0, 4)).toEqual([0, 9, 0, 100]);
});

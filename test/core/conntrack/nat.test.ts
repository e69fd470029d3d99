import { describe, expect, test } from 'vitest';
import { type Confirmation, confirm } from '../../../src/core/conntrack/confirm.ts';
import { type DrawnPort, type Entry, hasStatus } from '../../../src/core/conntrack/entry.ts';
import { jhash2 } from '../../../src/core/conntrack/jhash.ts';
import { type Binding, type Manip, type NatRange, setupNat } from '../../../src/core/conntrack/nat.ts';
import { type ConntrackTable, conntrackTable } from '../../../src/core/conntrack/table.ts';
import { track } from '../../../src/core/conntrack/track.ts';
import { parseAddress } from '../../../src/core/datatype/address.ts';
import { type Packet, protocolNumber } from '../../../src/core/packet/packet.ts';
import { fixtureLines } from './support/fixture.ts';
import { icmp, ip, opaque, tcp, udp } from './support/packets.ts';

function fresh(table: ConntrackTable, packet: Packet, zone = 0): Entry {
  const { entry } = track(table, packet, { zone: { original: zone, reply: zone } });
  if (!entry) throw new Error('no entry');
  return entry;
}

/** A first packet through destination NAT, then source NAT, then confirmation. */
function connect(
  table: ConntrackTable,
  packet: Packet,
  ranges: Partial<Record<Manip, NatRange>>,
): Confirmation & Binding & { destination: Binding } {
  const destination = setupNat(table, fresh(table, packet), 'destination', ranges.destination ?? 'null');
  const source = setupNat(table, destination.entry, 'source', ranges.source ?? 'null');
  return { destination, ...source, ...confirm(table, source.entry), entry: source.entry };
}

const gateway: NatRange = { minAddress: ip('10.0.2.1') };

/** What the server sees of the client, and the client's port. */
function outside({ reply }: Entry): { readonly address: bigint; readonly port: number | undefined } {
  const port = reply.layer4.kind === 'ports' ? reply.layer4.dport : undefined;
  return { address: reply.destination, port };
}

function serverPort({ reply }: Entry): number | undefined {
  return reply.layer4.kind === 'ports' ? reply.layer4.sport : undefined;
}

describe('source NAT', () => {
  test('keeps the port while the answer stays unique', () => {
    const first = connect(conntrackTable(), udp('10.0.1.2:5000', '10.0.2.2:53'), { source: gateway });
    expect(outside(first.entry)).toEqual({ address: ip('10.0.2.1'), port: 5000 });
    expect(first.randomPort).toBeUndefined();
    const elsewhere = connect(first.table, udp('10.0.1.3:5000', '10.0.2.3:53'), { source: gateway });
    expect([outside(elsewhere.entry).port, elsewhere.randomPort]).toEqual([5000, undefined]);
    expect(hasStatus(first.entry, 'snat') && hasStatus(first.entry, 'snat-done')).toBe(true);
    expect(hasStatus(first.entry, 'dnat')).toBe(false);
  });

  test.each<[number, DrawnPort]>([
    [0, { lo: 1, hi: 511 }],
    [511, { lo: 1, hi: 511 }],
    [512, { lo: 600, hi: 1023 }],
    [1023, { lo: 600, hi: 1023 }],
    [1024, { lo: 1024, hi: 65_535 }],
    [65_535, { lo: 1024, hi: 65_535 }],
  ])('gives the second client with port %i a random one of its class', (port, range) => {
    const first = connect(conntrackTable(), tcp(`10.0.1.2:${port}`, '10.0.2.2:53'), { source: gateway });
    const second = connect(first.table, tcp(`10.0.1.3:${port}`, '10.0.2.2:53'), { source: gateway });
    expect(second.randomPort).toEqual(range);
    expect(second.kind).toBe('confirmed');
    expect(outside(second.entry).port).not.toBe(port);
  });

  test('reuses the mapping that the same address and port have already, and its drawn port', () => {
    const first = connect(conntrackTable(), udp('10.0.1.2:5000', '10.0.2.12:53'), { source: gateway });
    const moved = connect(first.table, udp('10.0.1.5:5000', '10.0.2.12:53'), { source: gateway });
    const port = outside(moved.entry).port;
    const again = connect(moved.table, udp('10.0.1.5:5000', '10.0.2.13:53'), { source: gateway });
    expect([outside(again.entry).port, again.randomPort]).toEqual([port, moved.randomPort]);
    expect(again.randomPort).toBeDefined();
  });

  test('takes the one free port of a range, keeps one that is inside, and fails when none is left', () => {
    const source = { ...gateway, minPort: 2000, maxPort: 2003 };
    let table = conntrackTable();
    const results = [5000, 2001, 5000, 5000, 5000].map((port, index) => {
      const result = connect(table, udp(`10.0.1.${index + 2}:${port}`, '10.0.2.2:53'), { source });
      table = result.table;
      return [
        result.kind,
        result.kind === 'clash' ? undefined : outside(result.entry).port,
        result.randomPort,
      ];
    });
    const any = { lo: 2000, hi: 2003 };
    expect(results).toEqual([
      ['confirmed', 2000, any],
      ['confirmed', 2001, undefined],
      ['confirmed', 2002, any],
      ['confirmed', 2003, undefined],
      ['clash', undefined, undefined],
    ]);
  });

  test('with a single port drops the second client', () => {
    const source = { ...gateway, minPort: 2000 };
    const first = connect(conntrackTable(), udp('10.0.1.2:5000', '10.0.2.2:53'), { source });
    expect([outside(first.entry).port, first.randomPort]).toEqual([2000, undefined]);
    expect(connect(first.table, udp('10.0.1.3:5000', '10.0.2.2:53'), { source }).kind).toBe('clash');
  });

  test('is a translation even if the drawn port may be the first of its class, where the address stays', () => {
    const own: NatRange = { minAddress: ip('10.0.2.1'), random: true };
    const { entry } = connect(conntrackTable(), udp('10.0.2.1:600', '10.0.2.2:53'), { source: own });
    expect([outside(entry).port === 600, hasStatus(entry, 'snat')]).toEqual([false, true]);
  });

  test.each(['random', 'fullyRandom'] as const)('never keeps the port when it is %s', (flag) => {
    const source = { ...gateway, [flag]: true };
    const result = connect(conntrackTable(), udp('10.0.1.2:5000', '10.0.2.2:53'), { source });
    expect(result.randomPort).toEqual({ lo: 1024, hi: 65_535 });
  });

  test('a connection that has run out frees its port', () => {
    const first = connect(conntrackTable(), udp('10.0.1.2:5000', '10.0.2.2:53'), { source: gateway });
    const { entry } = track(first.table, udp('10.0.1.3:5000', '10.0.2.2:53'), { now: 31 });
    if (!entry) throw new Error('no entry');
    expect(outside(setupNat(first.table, entry, 'source', gateway).entry).port).toBe(5000);
  });

  test('draws another ICMP identifier for the second client', () => {
    const first = connect(conntrackTable(), icmp('10.0.1.2', '10.0.2.2', 8, { id: 77 }), { source: gateway });
    expect(first.entry.reply.layer4).toMatchObject({ type: 0, id: 77 });
    const second = connect(first.table, icmp('10.0.1.3', '10.0.2.2', 8, { id: 77 }), { source: gateway });
    expect(second.randomPort).toEqual({ lo: 0, hi: 65_535 });
  });

  test.each([protocolNumber.gre, 99])('cannot keep two clients of protocol %i apart', (protocol) => {
    const first = connect(conntrackTable(), opaque('10.0.1.2', '10.0.2.2', protocol), { source: gateway });
    expect(first.kind).toBe('confirmed');
    expect(connect(first.table, opaque('10.0.1.3', '10.0.2.2', protocol), { source: gateway }).kind).toBe(
      'clash',
    );
  });
});

describe('destination NAT', () => {
  const server: NatRange = { minAddress: ip('10.0.2.3') };

  test.each([
    [2000, 2003, 2000],
    [80, 90, 85],
  ])('to ports %i-%i keeps a port inside, else takes the first', (minPort, maxPort, port) => {
    const destination = { ...server, minPort, maxPort };
    const result = connect(conntrackTable(), udp('10.0.1.2:5000', '10.0.2.2:85'), { destination });
    expect([serverPort(result.entry), result.randomPort]).toEqual([port, undefined]);
    expect(hasStatus(result.entry, 'dnat') && !hasStatus(result.entry, 'snat')).toBe(true);
  });

  test('goes on to the next port while the tuple is taken, at last to another source port', () => {
    const destination = { ...server, minPort: 2000, maxPort: 2003 };
    let table = conntrackTable();
    const results = [10, 11, 12, 13, 14].map((host) => {
      const result = connect(table, udp('10.0.1.2:5000', `10.0.2.${host}:85`), { destination });
      table = result.table;
      return [result.kind, serverPort(result.entry), result.randomPort];
    });
    expect(results).toEqual([
      ['confirmed', 2000, undefined],
      ['confirmed', 2001, undefined],
      ['confirmed', 2002, undefined],
      ['confirmed', 2003, undefined],
      ['confirmed', 2003, { lo: 1024, hi: 65_535 }],
    ]);
  });

  test('shifts ports by the base of the range', () => {
    const destination = { ...server, minPort: 8080, maxPort: 8089, basePort: 80 };
    const ports = [80, 85, 89].map((port) =>
      serverPort(connect(conntrackTable(), udp('10.0.1.2:5000', `10.0.2.2:${port}`), { destination }).entry),
    );
    expect(ports).toEqual([8080, 8085, 8089]);
  });

  test('is random when asked', () => {
    const destination = { ...server, minPort: 9000, maxPort: 9009, random: true };
    const result = connect(conntrackTable(), udp('10.0.1.2:5000', '10.0.2.2:90'), { destination });
    expect(result.destination.randomPort).toEqual({ lo: 9000, hi: 9009 });
  });
});

describe('addresses', () => {
  test('jhash2 of nothing is its start value', () => {
    // Without words it gives its start value, plus the initval; the addresses below test the rest.
    expect(jhash2([], 0)).toBe(0xdeadbeef);
    expect(jhash2([], 0xffffffff)).toBe(0xdeadbeee);
  });

  test.each(fixtureLines('nat-addresses.txt'))('%s', (line) => {
    const [manip, low = '', high = '', flag, zone, source = '', destination = '', result = ''] =
      line.split(' ');
    const side: Manip = manip === 'source' ? 'source' : 'destination';
    const range = { minAddress: ip(low), maxAddress: ip(high), persistent: flag === 'persistent' };
    const packet = udp(`${source}:1`, `${destination}:2`);
    const entry = fresh(conntrackTable(), packet, zone === '-' ? 0 : Number(zone));
    const { reply } = setupNat(conntrackTable(), entry, side, range).entry;
    expect(side === 'source' ? reply.destination : reply.source).toBe(parseAddress(result)?.value);
  });

  test('netmap keeps the host bits', () => {
    const destination = { minAddress: ip('10.0.2.0'), maxAddress: ip('10.0.2.255'), netmap: true };
    const source = { minAddress: ip('10.88.0.0'), maxAddress: ip('10.88.0.255'), netmap: true };
    const { entry } = connect(conntrackTable(), udp('10.0.1.7:1', '10.77.0.2:2'), { destination, source });
    expect(entry.reply).toMatchObject({ source: ip('10.0.2.2'), destination: ip('10.88.0.7') });
  });
});

describe('no mapping', () => {
  test('sets the bits of a null binding and nothing else', () => {
    const packet = udp('10.0.1.2:5000', '10.0.2.2:53');
    const { entry } = connect(conntrackTable(), packet, {});
    expect(entry.reply).toEqual(fresh(conntrackTable(), packet).reply);
    expect(entry.status).toBe(0x180);
  });

  test('may change the source port where a destination NAT made the answers clash', () => {
    const destination = { minAddress: ip('10.0.2.3'), minPort: 85 };
    const first = connect(conntrackTable(), udp('10.0.1.2:5000', '10.0.2.10:85'), { destination });
    const second = connect(first.table, udp('10.0.1.2:5000', '10.0.2.11:85'), { destination });
    expect(second.randomPort).toEqual({ lo: 1024, hi: 65_535 });
    expect(hasStatus(second.entry, 'snat')).toBe(true);
  });

  test('a connection is bound once, and never after it was confirmed', () => {
    const first = connect(conntrackTable(), udp('10.0.1.2:5000', '10.0.2.2:53'), {});
    expect(setupNat(first.table, first.entry, 'source', gateway).entry).toBe(first.entry);
    const known = fresh(first.table, udp('10.0.1.2:5000', '10.0.2.2:53'));
    expect(setupNat(first.table, { ...known, status: 8 }, 'source', gateway).entry.reply).toEqual(
      known.reply,
    );
  });
});

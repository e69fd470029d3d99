import { describe, expect, test } from 'vitest';
import { hasStatus } from '../../../src/core/conntrack/entry.ts';
import { conntrackTable } from '../../../src/core/conntrack/table.ts';
import { track } from '../../../src/core/conntrack/track.ts';
import { protocolNumber } from '../../../src/core/packet/packet.ts';
import { icmp, only, opaque, packetOf, pass, tableAfter, tcp, udp } from './support/packets.ts';

const client = '10.0.1.2';
const server = '10.0.2.2';
const query = udp(`${client}:1000`, `${server}:53`);
const answer = udp(`${server}:53`, `${client}:1000`);

describe('UDP', () => {
  test('is new until it is answered, then established both ways', () => {
    const table = tableAfter([query]);
    expect(track(table, query)).toMatchObject({ state: 'new', direction: 'original' });
    expect(track(table, answer)).toMatchObject({ state: 'established', direction: 'reply' });
    expect(track(tableAfter([query, answer]), query)).toMatchObject({
      state: 'established',
      direction: 'original',
    });
  });

  test('gets 120 seconds and ASSURED only after two seconds and a reply', () => {
    const first = pass(conntrackTable(), query, { now: 0 });
    const early = pass(pass(first.table, answer, { now: 1 }).table, query, { now: 2 });
    expect(early.entry).toMatchObject({ timeout: 30 });
    const late = pass(early.table, answer, { now: 2.2 });
    expect(late.entry).toMatchObject({ timeout: 120 });
    expect(late.entry && hasStatus(late.entry, 'assured')).toBe(true);
  });

  test('is forgotten when its timeout is over', () => {
    const { table } = pass(conntrackTable(), query, { now: 0 });
    expect(track(table, answer, { now: 29 }).direction).toBe('reply');
    const late = track(table, answer, { now: 30 });
    expect(late).toMatchObject({ state: 'new', direction: 'original' });
    expect(late.table.size).toBe(0);
  });
});

test('what has nothing behind the headers of IPv6 belongs to no connection', () => {
  expect(track(conntrackTable(), opaque('fd00::1', 'fd00::2', 59)).state).toBe('invalid');
  expect(track(conntrackTable(), opaque(client, server, 59)).state).toBe('new');
});

describe('ICMP', () => {
  test.each([8, 13, 15, 17])('type %i begins a connection', (type) => {
    expect(track(conntrackTable(), icmp(client, server, type, { id: 1 })).state).toBe('new');
  });

  test.each([0, 3, 4, 5, 9, 10, 11, 12, 14, 16, 18, 30, 40, 42, 43, 255])('type %i begins none', (type) => {
    const result = track(conntrackTable(), icmp(client, server, type, { id: 1 }));
    expect(result).toMatchObject({ state: 'invalid', entry: undefined });
  });

  test('a reply needs the same identifier, code and kind', () => {
    const table = tableAfter([icmp(client, server, 8, { id: 1 })]);
    expect(track(table, icmp(server, client, 0, { id: 1 })).state).toBe('established');
    expect(track(table, icmp(server, client, 0, { id: 2 })).state).toBe('invalid');
    expect(track(table, icmp(server, client, 0, { id: 1, code: 1 })).state).toBe('invalid');
    expect(track(table, icmp(server, client, 14, { id: 1 })).state).toBe('invalid');
  });

  test.each([130, 131, 132, 133, 134, 135, 136, 143, 151])('ICMPv6 type %i is untracked', (type) => {
    expect(track(conntrackTable(), icmp('fd00::1', 'fd00::2', type)).state).toBe('untracked');
  });

  test.each([
    [128, 'new'],
    [139, 'new'],
    [129, 'invalid'],
    [137, 'invalid'],
    [138, 'invalid'],
    [140, 'invalid'],
    [141, 'invalid'],
    [1, 'invalid'],
    [127, 'invalid'],
  ] as const)('ICMPv6 type %i alone is %s', (type, state) => {
    expect(track(conntrackTable(), icmp('fd00::1', 'fd00::2', type)).state).toBe(state);
  });
});

describe('ICMP errors', () => {
  const table = tableAfter([query]);
  const error = (type: number, from: string, to: string, inner = query) => icmp(from, to, type, { inner });

  test.each([3, 4, 5, 11, 12])(
    'type %i about a known connection is related, from anybody on the way',
    (type) => {
      const result = track(table, error(type, '10.0.2.9', client));
      expect(result).toMatchObject({ state: 'related', direction: 'reply', entry: only(table) });
      expect(result.table).toBe(table);
    },
  );

  test('goes in the original direction when it speaks of a reply', () => {
    expect(track(table, error(3, client, server, answer))).toMatchObject({
      state: 'related',
      direction: 'original',
    });
  });

  test('is invalid for somebody else, about another connection, or about an error', () => {
    expect(track(table, error(3, '10.0.2.9', '10.0.1.3')).state).toBe('invalid');
    expect(track(table, error(3, server, client, udp(`${client}:1001`, `${server}:53`))).state).toBe(
      'invalid',
    );
    expect(track(table, error(3, server, client, error(3, client, server))).state).toBe('invalid');
    expect(track(table, icmp(server, client, 3)).state).toBe('invalid');
  });

  test('ICMPv6 has all types below 128', () => {
    const asked = udp('fd00:1::2:9', 'fd00:2::2:10');
    const known = tableAfter([asked]);
    for (const type of [1, 2, 3, 4, 100]) {
      const result = track(known, icmp('fd00:2::9', 'fd00:1::2', type, { inner: asked }));
      expect(result.state).toBe('related');
    }
  });
});

/** SCTP from port 5000 to 6000 whose first chunk has a type. */
function chunk(type: number) {
  const header = [19, 136, 23, 112, 0, 0, 0, 0, 0, 0, 0, 0];
  return opaque(client, server, protocolNumber.sctp, [...header, type, 0, 0, 4]);
}

describe('other protocols', () => {
  test('GRE of version 0 is one connection for a pair of hosts, whatever its key', () => {
    const plain = opaque(client, server, protocolNumber.gre, [0, 0, 8, 0]);
    const keyed = opaque(client, server, protocolNumber.gre, [0x20, 0, 8, 0, 0, 0, 0, 77]);
    const back = opaque(server, client, protocolNumber.gre, [0, 0, 8, 0]);
    const result = pass(tableAfter([plain, back]), keyed);
    expect(result).toMatchObject({ state: 'established', entry: { timeout: 180 } });
    expect(result.entry && hasStatus(result.entry, 'assured')).toBe(true);
  });

  test('GRE of version 1 has the call identifier of PPTP', () => {
    const call = opaque(client, server, protocolNumber.gre, [0x20, 1, 0x88, 0x0b, 0, 20, 0, 9]);
    expect(track(conntrackTable(), call).entry?.original.layer4).toEqual({
      kind: 'gre',
      sourceKey: 0,
      destinationKey: 9,
    });
    const other = opaque(client, server, protocolNumber.gre, [0x20, 1, 8, 0, 0, 20, 0, 9]);
    expect(track(conntrackTable(), other).state).toBe('invalid');
  });

  test('SCTP begins with INIT or HEARTBEAT', () => {
    expect(track(conntrackTable(), chunk(1))).toMatchObject({
      state: 'new',
      entry: { original: { layer4: { kind: 'ports', sport: 5000, dport: 6000 } } },
    });
    expect(track(conntrackTable(), chunk(4)).state).toBe('new');
    expect(track(conntrackTable(), chunk(0)).state).toBe('invalid');
    expect(track(tableAfter([chunk(1)]), chunk(0)).state).toBe('new');
  });

  test('anything else is a pair of hosts and a protocol', () => {
    const table = tableAfter([opaque(client, server, protocolNumber.esp, [1, 2, 3, 4])]);
    expect(track(table, opaque(server, client, protocolNumber.esp)).state).toBe('established');
    expect(track(table, opaque(server, client, 99)).state).toBe('new');
    expect(only(table)?.timeout).toBe(600);
  });
});

describe('what has no tuple', () => {
  test('a later fragment and a packet cut before its ports are invalid', () => {
    const fragment = { offset: 185, more: false, dontFragment: false };
    expect(track(conntrackTable(), { ...query, fragment }).state).toBe('invalid');
    const cut = packetOf(client, server, protocolNumber.tcp, { kind: 'opaque' });
    expect(track(conntrackTable(), cut).state).toBe('invalid');
  });
});

describe('zones', () => {
  const seven = { zone: { original: 7, reply: 7 } };
  test('set for both directions separate connections', () => {
    const table = tableAfter([query], seven);
    expect(track(table, answer, seven).state).toBe('established');
    expect(track(table, answer).state).toBe('new');
    expect(track(table, query)).toMatchObject({ state: 'new', entry: { zone: { original: 0 } } });
  });

  test('set for the original direction find replies of the default zone', () => {
    const zone = { original: 8, reply: 0 };
    const table = tableAfter([query], { zone });
    expect(track(table, answer)).toMatchObject({ state: 'established', entry: { zone } });
    expect(track(table, query).entry?.status).toBe(0);
  });
});

test('tracking leaves the table as it was', () => {
  const syn = tcp(`${client}:1`, `${server}:80`, 'S');
  const table = tableAfter([syn]);
  const entry = only(table);
  pass(table, tcp(`${server}:80`, `${client}:1`, 'SA'));
  expect(only(table)).toBe(entry);
});

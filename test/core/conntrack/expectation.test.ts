import { describe, expect, test } from 'vitest';
import { confirm } from '../../../src/core/conntrack/confirm.ts';
import { readConntrack } from '../../../src/core/conntrack/dump.ts';
import { resolveExpectations } from '../../../src/core/conntrack/dump-expectation.ts';
import { hasStatus } from '../../../src/core/conntrack/entry.ts';
import { type ConntrackTable, conntrackTable } from '../../../src/core/conntrack/table.ts';
import { track } from '../../../src/core/conntrack/track.ts';
import { type Packet, protocolNumber } from '../../../src/core/packet/packet.ts';
import { ip, opaque, pass, tcp, udp } from './support/packets.ts';

/** The table that listings give, and the lines of which the connection is not in it. */
function listed(...lines: readonly string[]): { table: ConntrackTable; orphans: readonly number[] } {
  const items = [...readConntrack(lines)];
  const entries = items.flatMap((item) => (item.kind === 'entry' ? [item.entry] : []));
  const found = items.flatMap((item) => (item.kind === 'expectation' ? [item.expectation] : []));
  const { expectations, orphans } = resolveExpectations(entries, found);
  return { table: conntrackTable(entries, expectations), orphans: orphans.map(({ line }) => line) };
}

// As a kernel listed them.
const tftp =
  'udp 17 29 src=10.0.1.2 dst=10.0.2.2 sport=3000 dport=69 [UNREPLIED] src=10.0.2.2 dst=10.0.1.2 sport=69 dport=3000 mark=9 zone=5 helper=tftp use=1';
const transfer =
  '299 proto=17 src=10.0.2.2 dst=10.0.1.2 sport=0 dport=3000 mask-src=255.255.255.255 mask-dst=255.255.255.255 sport=0 dport=65535 master-src=10.0.1.2 master-dst=10.0.2.2 sport=3000 dport=69 class=0 helper=tftp';
const inFive = { zone: { original: 5, reply: 5 } };
const data = udp('10.0.2.2:1069', '10.0.1.2:3000');

describe('a listed expectation', () => {
  test('makes a connection related, with the mark of its master', () => {
    const { state, entry } = track(listed(tftp, transfer).table, data, inFive);
    expect(state).toBe('related');
    expect(entry).toMatchObject({ mark: 9, expected: { helper: 'tftp' } });
    expect(entry && hasStatus(entry, 'expected')).toBe(true);
    // A master without translation leaves that to the nat chains.
    expect(entry && hasStatus(entry, 'dnat-done')).toBe(false);
  });

  test('holds in the zone of its master only', () => {
    expect(track(listed(tftp, transfer).table, data).state).toBe('new');
  });

  test('is for one connection, from any port', () => {
    const { table } = track(listed(tftp, transfer).table, data, inFive);
    expect(table.expectations).toEqual([]);
    expect(track(table, udp('10.0.2.2:1070', '10.0.1.2:3000'), inFive).state).toBe('new');
  });

  test('stays if it is permanent', () => {
    const permanent = transfer.replace('class=0', 'PERMANENT class=0');
    const { table, state } = track(listed(tftp, permanent).table, data, inFive);
    expect([state, table.expectations.length]).toEqual(['related', 1]);
  });

  test('counts from when its mask says', () => {
    const near = transfer.replace('mask-src=255.255.255.255', 'mask-src=255.255.255.0');
    const { table } = listed(tftp, near);
    expect(track(table, udp('10.0.2.77:1', '10.0.1.2:3000'), inFive).state).toBe('related');
    expect(track(table, udp('10.0.3.77:1', '10.0.1.2:3000'), inFive).state).toBe('new');
  });

  test('ends with its time', () => {
    const { table } = listed(tftp.replace('29', '600'), transfer);
    expect(track(table, data, { ...inFive, now: 298 }).state).toBe('related');
    expect(track(table, data, { ...inFive, now: 299 }).state).toBe('new');
  });

  test('goes with its connection', () => {
    const { table } = listed(tftp, transfer);
    const [master] = table.entries();
    expect(track(master ? table.without(master) : table, data, inFive).state).toBe('new');
  });

  test('that is not active yet is none', () => {
    const waiting = transfer.replace('class=0', 'PERMANENT,INACTIVE class=0');
    expect(listed(tftp, waiting)).toMatchObject({ table: { expectations: [] }, orphans: [] });
  });

  test('is an orphan without its connection', () => {
    expect(listed(transfer).orphans).toEqual([1]);
  });

  test('that another packet than its first meets is used up', () => {
    const ftp =
      'tcp 6 299 ESTABLISHED src=10.0.1.2 dst=10.0.2.2 sport=4000 dport=21 src=10.0.2.2 dst=10.0.1.2 sport=21 dport=4000 [ASSURED] mark=7 use=2';
    const line = transfer
      .replace('proto=17', 'proto=6')
      .replace('dport=3000', 'dport=4001')
      .replace('sport=3000 dport=69', 'sport=4000 dport=21');
    const { state, table } = track(listed(ftp, line).table, tcp('10.0.2.2:20', '10.0.1.2:4001', 'SA'));
    expect([state, table.expectations.length]).toEqual(['invalid', 0]);
  });
});

test('broken lines are told apart', () => {
  const broken = [transfer.replace('master-dst=10.0.2.2 ', ''), transfer.replaceAll('sport=', 'sp=')];
  expect([...readConntrack(broken)].map(({ kind }) => kind)).toEqual(['broken', 'broken']);
  const [summary] = readConntrack(['conntrack v1.4.7 (conntrack-tools): 2 expectations have been shown.']);
  expect(summary).toEqual({ kind: 'summary', shown: 2 });
});

test('IPv6 and keys of GRE are read', () => {
  const line =
    '180 proto=47 src=fd00::1 dst=fd00::2 srckey=0x0 dstkey=0x2a mask-src=ffff:: mask-dst=:: srckey=0xffff dstkey=0xffff master-src=fd00::1 master-dst=fd00::2 sport=1 dport=1723 class=0 helper=pptp';
  const [item] = readConntrack([line]);
  expect(item).toMatchObject({
    kind: 'expectation',
    expectation: {
      tuple: { family: 6, protocol: 47, layer4: { kind: 'gre', destinationKey: 42 } },
      mask: { address: ip('ffff::'), key: 0xffff },
    },
  });
});

/** A packet of a call, with the key of its receiver. */
function call(from: string, to: string, key: number): Packet {
  return opaque(from, to, protocolNumber.gre, [0x30, 1, 0x88, 0x0b, 0, 4, 0, key, 0, 0, 0, 0]);
}

describe('a call of PPTP', () => {
  // As a kernel listed it, and then the packets of both sides with the key of their receiver.
  const control =
    'tcp 6 299 ESTABLISHED src=10.0.1.2 dst=10.0.2.2 sport=4000 dport=1723 src=10.0.2.2 dst=10.0.1.2 sport=1723 dport=4000 [ASSURED] mark=0 helper=pptp use=1';
  const tail =
    'mask-src=255.255.255.255 mask-dst=255.255.255.255 srckey=0xffff dstkey=0xffff master-src=10.0.1.2 master-dst=10.0.2.2 sport=4000 dport=1723 class=0 helper=pptp';
  const answers = `299 proto=47 src=10.0.2.2 dst=10.0.1.2 srckey=0x4d dstkey=0xa ${tail}`;
  const calls = `299 proto=47 src=10.0.1.2 dst=10.0.2.2 srckey=0xa dstkey=0x4d ${tail}`;

  test('has the keys of both sides, and nothing else is expected behind it', () => {
    const { state, table, entry } = pass(
      listed(control, calls, answers).table,
      call('10.0.1.2', '10.0.2.2', 77),
    );
    expect(state).toBe('related');
    expect(entry?.original.layer4).toEqual({ kind: 'gre', sourceKey: 10, destinationKey: 77 });
    expect(table.expectations).toEqual([]);
  });

  test('is answered with the other key', () => {
    const expected = listed(control, calls, answers).table;
    const { table, entry } = track(expected, call('10.0.1.2', '10.0.2.2', 77));
    const known = entry ? confirm(table, entry).table : table;
    const back = track(known, call('10.0.2.2', '10.0.1.2', 10));
    expect(back).toMatchObject({ state: 'established', direction: 'reply' });
    expect(track(known, call('10.0.2.2', '10.0.1.2', 1)).state).toBe('new');
  });

  test('beside a translated connection goes the same way, with the keys that are listed', () => {
    const moved = control.replace('dst=10.0.1.2 sport=1723', 'dst=10.0.2.1 sport=1723');
    const { entry } = track(listed(moved, calls).table, call('10.0.1.2', '10.0.2.2', 77));
    expect(entry?.reply).toMatchObject({ destination: ip('10.0.2.1'), layer4: { sourceKey: 77 } });
  });
});

import { describe, expect, test } from 'vitest';
import { type Entry, hasStatus } from '../../../src/core/conntrack/entry.ts';
import { type ConntrackTable, conntrackTable } from '../../../src/core/conntrack/table.ts';
import { track } from '../../../src/core/conntrack/track.ts';
import { fixtureCases, fixtureLines } from './support/fixture.ts';
import { ip, only, pass, tableAfter, tcp } from './support/packets.ts';

const client = '10.0.1.2:4000';
const server = '10.0.2.2:80';

function packet(side: string, flags: string) {
  return side === 'o' ? tcp(client, server, flags) : tcp(server, client, flags);
}

/** The packets that bring a connection into each state. */
const handshake = ['o S', 'r SA', 'o A'];
const closing = [...handshake, 'o FA', 'r A', 'r FA'];
const ways: Readonly<Record<string, readonly string[]>> = {
  NONE: [],
  SYN_SENT: ['o S'],
  SYN_SENT2: ['o S', 'r S'],
  SYN_RECV: ['o S', 'r SA'],
  ESTABLISHED: handshake,
  FIN_WAIT: closing.slice(0, 4),
  CLOSE_WAIT: closing.slice(0, 5),
  LAST_ACK: closing,
  TIME_WAIT: [...closing, 'o A'],
  CLOSE: [...handshake, 'r RA'],
};

function tableIn(state: string): ConntrackTable {
  return tableAfter(
    (ways[state] ?? []).map((step) => packet(step.slice(0, 1), step.slice(2))),
    { now: 0 },
  );
}

/** As the fixtures have it: state, whole seconds that are left right afterwards, flags. */
function listed(entry: Entry | undefined): string {
  if (!entry) return '-';
  const flags = [!hasStatus(entry, 'seen-reply') && 'UNREPLIED', hasStatus(entry, 'assured') && 'ASSURED'];
  const seconds = (entry.timeout ?? 0) - 1;
  return [entry.protocolState, seconds, ...flags].filter((word) => word !== false).join(' ');
}

describe('every state, flag set and direction as the kernel answered', () => {
  test.each(fixtureLines('tcp-states.txt'))('%s', (line) => {
    const [state = '', side = '', flags = '', verdict, ...entry] = line.split(' ');
    const before = tableIn(state);
    const result = pass(before, packet(side, flags));
    expect(result.state).toBe(verdict);
    expect(listed(only(result.table))).toBe(entry.join(' '));
  });
});

describe('series of packets as the kernel answered', () => {
  test.each(fixtureCases('tcp-sequences.txt'))('%s', (_, lines) => {
    let table = conntrackTable();
    for (const line of lines) {
      const [side = '', flags = '', verdict, ...expected] = line.split(' ');
      const result = pass(table, packet(side, flags));
      table = result.table;
      const entry = only(table);
      const reversed = entry?.original.source === ip('10.0.2.2') ? ' reversed' : '';
      expect(`${result.state} ${listed(entry)}${reversed}`).toBe(`${verdict} ${expected.join(' ')}`);
    }
  });
});

describe('what the listing does not tell', () => {
  test('without loose a bare ACK begins nothing', () => {
    const result = track(conntrackTable(), packet('o', 'A'), { tcpLoose: false });
    expect(result).toMatchObject({ state: 'invalid', entry: undefined });
    expect(track(conntrackTable(), packet('o', 'S'), { tcpLoose: false }).state).toBe('new');
  });

  test('a repeated SYN does not renew the timeout', () => {
    const first = pass(conntrackTable(), packet('o', 'S'), { now: 0 });
    const second = pass(first.table, packet('o', 'S'), { now: 100 });
    expect(only(second.table)?.refreshed).toBe(0);
    expect(track(second.table, packet('r', 'SA'), { now: 121 }).state).toBe('invalid');
  });

  test.each(['F', 'SR', 'FU', 'U', 'SFA', 'SRA', 'FRA', 'ARU', 'null'])(
    'flags %s are no packet of TCP',
    (flags) => {
      expect(track(tableIn('ESTABLISHED'), packet('o', flags)).state).toBe('invalid');
    },
  );

  test('a closed connection from a dump leaves open whether a SYN would begin a new one', () => {
    const entry = only(tableIn('CLOSE'));
    if (!entry) throw new Error('no entry');
    const { tcp: _, ...dumped } = entry;
    expect(track(conntrackTable([dumped]), packet('o', 'S')).unsure).toMatch(/dump does not tell/);
    expect(track(conntrackTable([entry]), packet('o', 'S')).unsure).toBeUndefined();
  });
});

// What the kernel said of associations that were drawn at random, in fixtures/conntrack/sctp-sequences.txt.
import { describe, expect, test } from 'vitest';
import { parseConntrackLine } from '../../../src/core/conntrack/dump.ts';
import { type Entry, hasStatus } from '../../../src/core/conntrack/entry.ts';
import { conntrackTable } from '../../../src/core/conntrack/table.ts';
import { track } from '../../../src/core/conntrack/track.ts';
import { protocolNumber } from '../../../src/core/packet/packet.ts';
import { fixtureCases } from './support/fixture.ts';
import { ip, only, opaque, pass } from './support/packets.ts';

const chunkTypes =
  'DATA INIT INIT_ACK SACK HEARTBEAT HEARTBEAT_ACK ABORT SHUTDOWN SHUTDOWN_ACK ERROR COOKIE_ECHO COOKIE_ACK ECNE CWR SHUTDOWN_COMPLETE'.split(
    ' ',
  );

function big(value: number, size: number): readonly number[] {
  return Array.from({ length: size }, (_, at) => (value >>> (8 * (size - 1 - at))) & 0xff);
}

/** `INIT:aaaa`, `ABORT.T`: 20 bytes, as much as an INIT without options has. */
function chunk(text: string): readonly number[] {
  const [, name = '', reflected, tag = '0'] = /^([A-Z_]+)(\.T)?(?::([0-9a-f]+))?$/.exec(text) ?? [];
  const rest = [...big(Number.parseInt(tag, 16), 4), ...big(0, 12)];
  return [chunkTypes.indexOf(name), reflected === undefined ? 0 : 1, ...big(20, 2), ...rest];
}

const client = '10.0.1.2';
const server = '10.0.2.2';

function packet(side: string, tag: string, chunks: string) {
  const from = side === 'c' ? client : server;
  const to = side === 'c' ? server : client;
  const ports = side === 'c' ? [...big(5000, 2), ...big(6000, 2)] : [...big(6000, 2), ...big(5000, 2)];
  const header = [...ports, ...big(Number.parseInt(tag, 16), 4), ...big(0, 4)];
  return opaque(from, to, protocolNumber.sctp, [...header, ...chunks.split('+').flatMap(chunk)]);
}

/** As the fixture has entries: what was left of its time, its state, who began it, UNREPLIED and ASSURED. */
function listed(entry: Entry | undefined): string {
  if (!entry) return 'none';
  const side = entry.original.source === ip('10.0.1.2') ? 'c' : 's';
  const marks = [!hasStatus(entry, 'seen-reply') && 'U', hasStatus(entry, 'assured') && 'A'].filter(Boolean);
  return `${entry.protocolState} ${side}${marks.join('')}`;
}

describe('associations', () => {
  test.each(fixtureCases('sctp-sequences.txt'))('%s', (_, lines) => {
    let table = conntrackTable();
    for (const line of lines) {
      const [side = '', tag = '', chunks = '', verdict, ...after] = line.split(' ');
      const result = pass(table, packet(side, tag, chunks));
      table = result.table;
      expect(`${line}: ${result.state} ${listed(only(table))}`).toBe(
        `${line}: ${verdict} ${after.join(' ')}`,
      );
    }
  });
});

test('the timeout is that of the state', () => {
  const { table } = pass(conntrackTable(), packet('c', '0', 'INIT:aaaa'), { now: 0 });
  expect(only(table)).toMatchObject({ timeout: 10, protocolState: 'CLOSED' });
  const answered = pass(table, packet('s', 'aaaa', 'INIT_ACK:bbbb'), { now: 1 });
  expect(answered.entry).toMatchObject({ timeout: 3, protocolState: 'COOKIE_WAIT' });
});

test('a packet without a whole chunk belongs to none', () => {
  const bare = opaque('10.0.1.2', '10.0.2.2', protocolNumber.sctp, big(0, 12));
  expect(track(conntrackTable(), bare).state).toBe('invalid');
});

test('of a listed association only the state is followed, which is said', () => {
  const line =
    'sctp 132 209 ESTABLISHED src=10.0.1.2 dst=10.0.2.2 sport=5000 dport=6000 src=10.0.2.2 dst=10.0.1.2 sport=6000 dport=5000 [ASSURED] mark=0 use=1';
  const { value: entry } = parseConntrackLine(line);
  const table = conntrackTable(entry ? [entry] : []);
  const result = track(table, packet('s', '9999', 'SHUTDOWN'));
  expect(result).toMatchObject({ state: 'established', entry: { protocolState: 'SHUTDOWN_RECD' } });
  expect(result.unsure).toContain('verification tag');
});

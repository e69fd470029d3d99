// The reader of bytes: what it reads without making text, and what nobody should give it.
import { describe, expect, test } from 'vitest';
import { maximumLine } from '../../../src/core/conntrack/compact/read.ts';
import { stateNames } from '../../../src/core/conntrack/compact/state.ts';
import { lacksCases, readCases } from '../../conformance/cases.ts';
import { formsCase } from '../../conformance/conntrack-formats.ts';
import { readCompactly, readPlainly } from './support/compact-read.ts';

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const tuples = 'src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1';

describe('no text is made of', () => {
  test.each([
    `tcp      6 431999 ESTABLISHED ${tuples} [ASSURED] mark=0 use=1`,
    `ipv4     2 tcp      6 ${tuples} [OFFLOAD] mark=0 secctx=a:b zone=3 use=2 id=3443195956 labels=a,b`,
    `ipv4     2 udp      17 9 ${tuples} mark=4294967295 delta-time=75 [start=Fri Nov 21 03:08:55 2025] use=1`,
    'ipv6     10 icmpv6   58 29 src=2001:0db8:0000:0000:0000:0000:0000:0001 dst=fe80::1 type=128 code=0 id=7 ' +
      '[UNREPLIED] src=fe80::1 dst=2001:db8::1 type=129 code=0 id=7 mark=0 zone=0 use=2',
    'gre      47 9 src=10.0.0.1 dst=10.0.0.2 srckey=0xffffffff dstkey=0x2 packets=1 bytes=9007199254740 ' +
      'src=10.0.0.2 dst=10.0.0.1 srckey=0x2 dstkey=0x1 packets=0 bytes=0 mark=0 use=1',
    ...stateNames.slice(1).map((state) => `tcp      6 1 ${state} ${tuples} mark=0 use=1`),
  ])('%s', (line) => {
    expect(readCompactly([bytesOf(`${line}\n`)])).toEqual({ items: readPlainly(line), compact: 1 });
  });
});

describe('left to the plain reader is', () => {
  test.each([
    'helper=ftp',
    'mark=4294967296',
    'zone=65536',
    'id=9999999999999999',
    'id=99999999999999999999999',
    'more=1',
    '[MORE]',
  ])('a line with %s', (words) => {
    const line = `tcp      6 9 ${tuples} ${words}`;
    expect(readCompactly([bytesOf(line)])).toEqual({ items: readPlainly(line), compact: 0 });
  });

  test.each([
    ['sport=1', 'sport=65536'],
    ['src=10.0.0.1 dst=10.0.0.2', 'src=10.0.0.1 dst=::2'],
    [' src=10.0.0.2', ' SRC=10.0.0.2'],
    ['tcp', 'TCP'],
    ['tcp', '  tcp'],
    [' 6 ', ' 256 '],
    ['9', '9 BUSY'],
  ])('a line with %j replaced by %j', (from, to) => {
    const line = `tcp      6 9 ${tuples} mark=0 use=1`.replace(from, to);
    expect(readCompactly([bytesOf(line)])).toEqual({ items: readPlainly(line), compact: 0 });
  });
});

const conformance = 'conntrack-formats.jsonl';

test.skipIf(lacksCases(conformance))('all forms of all connections', () => {
  for (const one of readCases(conformance, formsCase)) {
    const { default: plain, extended, id, ktimestamp, proc, save, xml } = one;
    const text = [plain, extended, id, ktimestamp, proc, save, xml].join('');
    expect(readCompactly([bytesOf(text)]).items).toEqual(readPlainly(text));
  }
});

function tooLong(line: number): object {
  const message = `line ${line} is no conntrack entry: it is longer than 1 MiB`;
  return { kind: 'broken', diagnostic: { message } };
}

describe('hostile input', () => {
  const entry = `udp 17 29 ${tuples} mark=0 use=1`;

  test('of 100 MiB without the end of a line is one broken line, and nothing of it is kept', () => {
    const part = new Uint8Array(2 ** 20).fill(0x61);
    const parts = [bytesOf(`${entry}\n`), ...Array.from({ length: 100 }, () => part), bytesOf(`\n${entry}`)];
    const { items } = readCompactly(parts);
    expect(items).toMatchObject([{ line: 1 }, tooLong(2), { line: 3 }]);
  });

  test.each([0, 1])('has lines of 1 MiB and %i bytes, in one part or in two', (more) => {
    const long = entry.padEnd(maximumLine + more);
    const bytes = bytesOf(`${long}\r\n${long}`);
    for (const parts of [[bytes], [bytes.subarray(0, 70), bytes.subarray(70)]]) {
      const expected = [1, 2].map((line) => (more === 0 && line === 2 ? { line } : tooLong(line)));
      expect(readCompactly(parts).items).toMatchObject(expected);
    }
  });

  test('has no bytes, or only ends of lines', () => {
    expect(readCompactly([]).items).toEqual([]);
    expect(readCompactly([bytesOf('\n\r\n\n')]).items).toEqual([]);
  });

  test('has bytes that are no UTF-8', () => {
    const bytes = Uint8Array.from(bytesOf(`${entry} labels=x\n`), (byte) => (byte === 0x78 ? 0xff : byte));
    expect(readCompactly([bytes]).compact).toBe(1);
  });
});

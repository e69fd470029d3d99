// The reader of bytes says what the plain reader says: of lines as conntrack and the kernel print them, of such lines
// changed at random, and wherever the parts of a listing end.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newCompactEntry } from '../../src/core/conntrack/compact/compact-entry.ts';
import { compactOf, entryOf } from '../../src/core/conntrack/compact/convert.ts';
import { stateNames } from '../../src/core/conntrack/compact/state.ts';
import { parseConntrackLine } from '../../src/core/conntrack/dump.ts';
import { readCompactly, readPlainly } from '../core/conntrack/support/compact-read.ts';

const byte = fc.integer({ min: 0, max: 255 });
const port = fc.integer({ min: 0, max: 65_535 });
const word = fc.integer({ min: 0, max: 0xffff_ffff });
const counter = fc.nat({ max: Number.MAX_SAFE_INTEGER });

const group = fc.oneof(
  fc.constant('0'),
  fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16)),
);
const ipv6 = fc.oneof(
  fc.ipV6(),
  fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':')),
  fc
    .tuple(fc.array(group, { maxLength: 4 }), fc.array(group, { maxLength: 4 }))
    .map((halves) => halves.map((half) => half.join(':')).join('::')),
);
const addresses = fc.oneof(fc.constant(fc.ipV4()), fc.constant(ipv6));

/** The text between the addresses and the counters, for one tuple. */
const keys = fc.constantFrom(
  fc.constant(''),
  fc.tuple(port, port).map(([source, destination]) => ` sport=${source} dport=${destination}`),
  fc.tuple(byte, byte, port).map(([type, code, id]) => ` type=${type} code=${code} id=${id}`),
  fc
    .tuple(word, word)
    .map(([source, destination]) => ` srckey=0x${source.toString(16)} dstkey=0x${destination.toString(16)}`),
);

function maybe(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(fc.constant(''), text);
}

const counters = maybe(
  fc.tuple(counter, counter).map(([packets, bytes]) => ` packets=${packets} bytes=${bytes}`),
);

const head = fc
  .tuple(
    maybe(fc.constantFrom('ipv4     2 ', 'ipv6     10 ')),
    fc.constantFrom('tcp      6', 'udp      17', 'icmp     1', 'gre      47', 'dccp     33', 'unknown  200'),
    fc.oneof(
      { weight: 9, arbitrary: counter.map((value) => ` ${value}`) },
      { weight: 1, arbitrary: fc.constant('') },
    ),
    maybe(fc.constantFrom(...stateNames.slice(1), 'timeout=0, stream_timeout=0').map((state) => ` ${state}`)),
  )
  .map((parts) => parts.join(''));

const tail = fc
  .tuple(
    maybe(fc.constantFrom(' [ASSURED]', ' [OFFLOAD]', ' [HW_OFFLOAD]')),
    maybe(word.map((mark) => ` mark=${mark}`)),
    maybe(fc.constantFrom(' secctx=system_u:object_r:unlabeled_t:s0', ' secctx=é')),
    maybe(port.map((zone) => ` zone=${zone}`)),
    maybe(fc.nat().map((age) => ` delta-time=${age}`)),
    maybe(fc.constant(' [start=Fri Nov 21 03:08:55 2025]')),
    fc.oneof({ weight: 9, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constant(' helper=ftp') }),
    maybe(byte.map((use) => ` use=${use}`)),
    maybe(word.map((id) => ` id=${id}`)),
    maybe(fc.constantFrom(' labels=eth0-in,web', ' labels=ß')),
  )
  .map((parts) => parts.join(''));

const entryLine = fc
  .tuple(addresses, keys)
  .chain(([address, key]) =>
    fc
      .tuple(head, address, address, key, counters, maybe(port.map((zone) => ` zone-orig=${zone}`)))
      .chain(([begin, source, destination, first, counted, zone]) =>
        fc
          .tuple(
            maybe(fc.constant(' [UNREPLIED]')),
            fc.oneof(fc.constant([destination, source] as const), fc.tuple(address, address)),
            fc.oneof(fc.constant(first), key),
            counters,
            maybe(port.map((reply) => ` zone-reply=${reply}`)),
            tail,
          )
          .map(
            ([unreplied, [from, to], second, answered, replyZone, end]) =>
              `${begin} src=${source} dst=${destination}${first}${counted}${zone}${unreplied} ` +
              `src=${from} dst=${to}${second}${answered}${replyZone}${end}`,
          ),
      ),
  );

const otherLine = fc.constantFrom(
  '',
  '\0',
  'conntrack v1.4.7 (conntrack-tools): 2 flow entries have been shown.',
  '<?xml version="1.0" encoding="utf-8"?>',
  '300 proto=6 src=10.0.0.1 dst=10.0.0.2 sport=0 dport=21 mask-src=255.255.255.255 mask-dst=255.255.255.255 sport=0 ' +
    'dport=65535 master-src=10.0.0.1 master-dst=10.0.0.2 sport=1 dport=21 class=0 helper=ftp',
);

/** One change: some characters at a place are replaced by others. */
const change = fc.record({
  at: fc.nat({ max: 300 }),
  length: fc.nat({ max: 3 }),
  by: fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      '  ',
      '\t',
      '\r',
      '\0',
      '0',
      '99999999999999999999',
      ':',
      '.',
      '=',
      '[',
      ']',
      'é',
      'A',
    ),
    fc.constantFrom(
      ' src=1.1.1.1',
      ' id=5',
      ' packets=1',
      ' bytes=1',
      'mark=1',
      ' zone=70000',
      ' what',
      ' x=1',
    ),
  ),
});

const line = fc.oneof(
  { weight: 6, arbitrary: entryLine },
  {
    weight: 6,
    arbitrary: fc
      .tuple(entryLine, change)
      .map(([text, { at, length, by }]) => text.slice(0, at) + by + text.slice(at + length)),
  },
  { weight: 1, arbitrary: otherLine },
);

const listing = fc
  .tuple(fc.array(fc.tuple(line, fc.constantFrom('\n', '\n', '\r\n', ' \n')), { maxLength: 8 }), maybe(line))
  .map(([lines, last]) => lines.map((parts) => parts.join('')).join('') + last);

/** The bytes of a text, cut at some places. */
function cut(text: string, places: readonly number[]): readonly Uint8Array[] {
  const bytes = new TextEncoder().encode(text);
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

describe('a listing as bytes', () => {
  test('says what it says as text', () => {
    fc.assert(
      fc.property(listing, fc.array(fc.nat({ max: 2000 }), { maxLength: 6 }), (text, places) => {
        expect(readCompactly(cut(text, places)).items).toEqual(readPlainly(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('of which an entry comes as a record is the same record made of the entry', () => {
    const record = newCompactEntry();
    fc.assert(
      fc.property(entryLine, (text) => {
        const { value: entry } = parseConntrackLine(text);
        if (!entry || !compactOf(entry, record)) return;
        expect(entry).toMatchObject(entryOf(record));
      }),
      { numRuns: 1000 },
    );
  });
});

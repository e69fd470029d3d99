// Command lines of `conntrack`: what they say, and what is wrong with them.
import { describe, expect, test } from 'vitest';
import { parseCommand, parseFilter } from '../../../src/core/conntrack-command/parse.ts';
import { ip } from '../conntrack/support/packets.ts';

function parse(text: string) {
  return parseCommand({ name: 'line', text });
}

/** The message, and the word that it points at. */
function problemOf(text: string): readonly string[] {
  return parse(text).diagnostics.map(({ code, message, span }) =>
    [code, message, span && text.slice(span.start, span.end)].join(' | '),
  );
}

describe('a command', () => {
  test('has its action, its table and what it says of connections', () => {
    const { value, diagnostics } = parse(
      'conntrack -I -s 10.0.0.1 -d10.0.0.2 -p tcp --orig-port-src 10 --dport=20 --state LISTEN ' +
        '-u SEEN_REPLY,assured -t 50 -w 0x10 -m 0x2a/0xff -g 10.0.0.9:80',
    );
    expect(diagnostics).toEqual([]);
    expect(value).toMatchObject({
      action: 'create',
      table: 'conntrack',
      selection: {
        family: 4,
        protocol: 6,
        original: {
          source: ip('10.0.0.1'),
          destination: ip('10.0.0.2'),
          sourceKey: 10,
          destinationKey: 20,
        },
        state: 'SYN_SENT2',
        status: { set: 6, unset: 0 },
        timeout: 50,
        zone: 16,
        mark: { value: 0x2a, mask: 0xff },
        nat: { destination: { address: ip('10.0.0.9'), port: 80 } },
      },
    });
  });

  test.each([
    ['-L expect', { action: 'list', table: 'expect' }],
    ['--dump dying', { action: 'list', table: 'dying' }],
    ['-L conn -o extended,id', { table: 'conntrack', output: ['extended', 'id'] }],
    ['-E -e NEW,DESTROY -o xml', { action: 'event', events: ['NEW', 'DESTROY'] }],
    ['-E expect -o timestamp', { action: 'event', table: 'expect' }],
    ['-Lz', { action: 'list', zero: true }],
    ['-C', { action: 'count' }],
    ['-S', { action: 'stats' }],
    ['-F -f ipv6', { action: 'flush', selection: { family: 6 } }],
    ['-R -', { action: 'restore', file: '-' }],
    ['-D -i 17', { action: 'delete', selection: { id: 17 } }],
    ['-U -p tcp --label-add web,mail', { selection: { labelsAdded: ['web', 'mail'] } }],
    ['-U -p tcp --label-del', { selection: { labelsDeleted: 'all' } }],
    ['-L -s 10.0.0.0/8', { selection: { masks: { source: ip('255.0.0.0') } } }],
    ['-L -p gre --srckey 0x10', { selection: { original: { sourceKey: 16 } } }],
    ['-L -u UNREPLIED', { selection: { status: { set: 0, unset: 2 } } }],
    ['-D -p sctp --orig-port-s 1', { selection: { original: { sourceKey: 1 } } }],
  ])('%s', (text, expected) => {
    expect(parse(text).diagnostics).toEqual([]);
    expect(parse(text).value).toMatchObject(expected);
  });

  test.each([
    ['', 'HK7005 | it has no action such as `-L` | '],
    ['-L -D', 'HK7005 | `-D` is a second action | -D'],
    ['-L nonsense', 'HK7005 | `nonsense` is no table | nonsense'],
    ['-D dying', "HK7005 | `-D` can't be done to the table dying | dying"],
    [
      '-L --sport 1 -p tcp',
      'HK7005 | `--sport` is known only behind `-p` and a protocol that has it | --sport',
    ],
    ['-L --sorce 10.0.0.1', 'HK7005 | `--sorce` is no option | --sorce'],
    ['-L -s', 'HK7005 | `-s` has no value | -s'],
    ['-L -s 10.0.0.300', 'HK7005 | `10.0.0.300` is no address | 10.0.0.300'],
    ['-L -s 10.0.0.0/33', 'HK7005 | `10.0.0.0/33` has no prefix from 0 to 32 | 10.0.0.0/33'],
    ['-L -r 10.0.0.0/8', "HK7005 | `10.0.0.0/8` has a prefix, which can't be said here | 10.0.0.0/8"],
    ['-L -s 10.0.0.1 -d ::1', 'HK7005 | `::1` is not of the family that was said before | ::1'],
    ['-L -p nope', 'HK7005 | `nope` is no protocol | nope'],
    ['-L -p tcp --state OPEN', 'HK7005 | `OPEN` is no state of this protocol | OPEN'],
    ['-L -p tcp --sport 70000', 'HK7005 | `70000` is more than 65535 | 70000'],
    ['-L -m x', 'HK7005 | `x` is no number | x'],
    ['-L -t 5', "HK7005 | `--timeout` can't be said of it | -L -t 5"],
    [
      '-L --src-nat=10.0.0.1',
      'HK7005 | the value of `--src-nat` has to be a word of its own | --src-nat=10.0.0.1',
    ],
    [
      '-I -s 10.0.0.1 -d 10.0.0.2 -p udp',
      'HK7005 | `--timeout` is missing | -I -s 10.0.0.1 -d 10.0.0.2 -p udp',
    ],
    [
      '-I -t 1 -s 10.0.0.1 -p udp --sport 1 --dport 2',
      'HK7005 | `--src` and `--dst` have to be there | -I -t 1 -s 10.0.0.1 -p udp --sport 1 --dport 2',
    ],
    ['-L -n -j', 'HK7005 | `--any-nat` goes with neither `--src-nat` nor `--dst-nat` | -L -n -j'],
    ['-L -z -m 1', 'HK7005 | `-z` goes with no filter | -L -z -m 1'],
    ['-L -o save,xml', 'HK7005 | `-o save` goes with no other form, not with `xml` | save,xml'],
    ['-D --mask-src 255.0.0.0', 'HK7005 | `--mask-src` goes with `--src` only | -D --mask-src 255.0.0.0'],
  ])('%s is refused', (text, expected) => {
    expect(parse(text).value).toBeUndefined();
    expect(problemOf(text)).toEqual([expected]);
  });

  test('says which words conntrack would pass over', () => {
    expect(parse('-D -w 11-s 10.0.0.1').value?.selection.zone).toBe(11);
    expect(problemOf('-D -w 11-s 10.0.0.1')).toEqual([
      'HK7006 | `-s` says nothing to `--zone` | 11-s',
      'HK7006 | `10.0.0.1` belongs to no option | 10.0.0.1',
    ]);
  });
});

describe('a filter', () => {
  test('is the options alone', () => {
    const { value } = parseFilter({ name: 'line', text: '-p tcp --dport 443 -n' });
    expect(value).toMatchObject({ protocol: 6, original: { destinationKey: 443 }, nat: { source: {} } });
  });

  test.each(['-L', '-t 5', '10.0.0.1', '-w 11x'])('does not have %s', (text) => {
    const { value, diagnostics } = parseFilter({ name: 'line', text });
    expect(value).toBeUndefined();
    expect(diagnostics.map(({ severity }) => severity)).toEqual(['error']);
  });
});

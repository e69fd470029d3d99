// Snapshots without their addresses and names: nothing of these is left in any notation, and packets meet the same rules.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AddressFamily, formatAddress, parseAddress } from '../../../src/core/datatype/address.ts';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import { type Anonymized, anonymize } from '../../../src/core/snapshot/anonymize/anonymize.ts';
import { policyOfSnapshot } from '../../../src/core/snapshot/policy.ts';
import { readSnapshot, type Snapshot, writeSnapshot } from '../../../src/core/snapshot/snapshot.ts';
import { type Trace, trace } from '../../../src/core/trace/trace.ts';
import { secretOf } from '../../../src/host/snapshot/secret.ts';
import { anonymous, interesting, key, notations, own4, own6 } from '../../support/anonymous.ts';

const text = readFileSync(join(import.meta.dirname, '../../../fixtures/snapshot/office.json'), 'utf8');

function theOffice(): Snapshot {
  const { value } = readSnapshot({ name: 'office', text: text.replace(/^\{\s*/, '{') });
  if (!value) throw new Error('the fixture is a snapshot');
  return value;
}

/** Those with a meaning of their own stay, and say nothing. */
const common = /^(?:0\.|127\.|224\.0\.0\.|255\.255\.255\.255|::1?$|fe80::$|ff0[0-9a-f]::)/;

function addressesIn(whole: string): readonly string[] {
  const found = whole.match(/(?:\d{1,3}\.){3}\d{1,3}|[\da-f]*:[\da-f:]*:[\da-f:]*/gi) ?? [];
  return [...new Set(found)].filter((one) => parseAddress(one) && !common.test(one));
}

describe('an anonymous snapshot of a real machine', () => {
  const before = theOffice();
  const { snapshot, disguise } = anonymous(before);
  const whole = writeSnapshot(snapshot).toLowerCase();

  test('has no address of it, in no notation', () => {
    const addresses = addressesIn(text);
    expect(addresses.length).toBeGreaterThan(20);
    const left = addresses.flatMap(notations).filter((one) => whole.includes(one.toLowerCase()));
    expect(left).toEqual([]);
  });

  test('has no hardware address of it', () => {
    const macs = [...new Set(text.match(/(?:[\da-f]{2}:){5}[\da-f]{2}/gi))].filter(
      (one) => !/^(?:00:){5}00$|^(?:ff:){5}ff$|^01:80:c2:/i.test(one),
    );
    expect(macs.length).toBeGreaterThan(5);
    expect(macs.filter((one) => whole.includes(one.toLowerCase()))).toEqual([]);
  });

  test.each([
    'acme',
    'office',
    'home',
    'far0',
    'badguys',
    'bad guy',
    'vips',
    'hits',
    'bob',
    'laptop',
    'vethab',
    '"vm"',
  ])('does not say `%s`', (name) => {
    expect(text.toLowerCase().replaceAll('\\"', '"')).toContain(name);
    expect(whole.replaceAll('\\"', '"')).not.toContain(name);
  });

  test('is the same for the same key, and another for another one', () => {
    expect(writeSnapshot(anonymous(before).snapshot)).toBe(writeSnapshot(snapshot));
    expect(writeSnapshot(anonymous(before, Buffer.alloc(32, 8)).snapshot)).not.toBe(writeSnapshot(snapshot));
  });

  test('is read with no more problems than before', () => {
    const problems = [before, snapshot].map((one) =>
      policyOfSnapshot(one, 'it').diagnostics.map(({ code }) => code),
    );
    expect(problems[1]).toEqual(problems[0]);
  });

  test('gives packets the same verdict by the same rule, and the same translation', () => {
    const places = [before, snapshot].map((one) => {
      const { value } = policyOfSnapshot(one, 'it');
      return { ruleSet: value?.ruleSet ?? { tables: [] }, host: value?.hosts[0] };
    });
    const told = [before, snapshot].map((_, at) => (packet: Drawn): Trace => {
      const place = places[at] ?? { ruleSet: { tables: [] }, host: undefined };
      const { value: injection } = parsePacketSpec({
        name: 'packet',
        text: at === 0 ? spec(packet) : spec(movedBy(disguise, packet)),
      });
      if (!injection) throw new Error(`no packet: ${spec(packet)}`);
      return trace({ ...place, injection });
    });
    const seen = new Set<string>();
    fc.assert(
      fc.property(packets, (packet) => {
        const [first, second] = told.map((one) => one(packet));
        seen.add(`${first?.verdict}`);
        expect(
          outcome(
            second,
            (_, value) => value,
            (_, name) => name,
          ),
        ).toEqual(outcome(first, disguise.address, disguise.name));
      }),
      {
        numRuns: 150,
        endOnFailure: true,
        examples: [
          [
            {
              family: 4,
              device: 'office0',
              source: 0x0a_14_1e_05n,
              destination: 0x0a_14_1e_01n,
              port: 22,
              protocol: 'tcp',
            },
          ],
        ],
      },
    );
    expect([...seen].toSorted()).toEqual(expect.arrayContaining(['accept', 'drop']));
  });
});

function movedBy({ device, address }: Anonymized['disguise'], packet: Drawn): Drawn {
  return {
    ...packet,
    device: device(packet.device),
    source: address(packet.family, packet.source),
    destination: address(packet.family, packet.destination),
  };
}

interface Drawn {
  readonly family: AddressFamily;
  readonly device: string;
  readonly source: bigint;
  readonly destination: bigint;
  readonly port: number;
  readonly protocol: string;
}

function spec({ family, device, source, destination, port, protocol }: Drawn): string {
  const [from, to] = [source, destination].map((value) => {
    const written = formatAddress({ family, value });
    return family === 6 ? `[${written}]` : written;
  });
  return `in ${device} ${protocol} ${from}:40000 -> ${to}:${port}${protocol === 'tcp' ? ' syn' : ''}`;
}

const packets: fc.Arbitrary<Drawn> = fc.constantFrom<AddressFamily>(4, 4, 4, 6).chain((family) => {
  const known = interesting(family === 4 ? own4 : own6);
  return fc.record({
    family: fc.constant(family),
    device: fc.constantFrom('office0', 'br-home', 'vethab1'),
    source: known,
    destination: known,
    port: fc.constantFrom(22, 53, 80, 443),
    protocol: fc.constantFrom('tcp', 'udp'),
  });
});

/** What became of a packet, in the words of the other snapshot. */
function outcome(
  one: Trace | undefined,
  address: Anonymized['disguise']['address'],
  name: Anonymized['disguise']['name'],
): object {
  const ends = one?.ways.map(({ verdict, fate, deciding, packet: { family, source, destination } }) => ({
    verdict,
    fate,
    family,
    source: address(family, source),
    destination: address(family, destination),
    chain: deciding && name('chain', deciding.chain),
    table: deciding && name('table', deciding.table.replace(/ of .*/, '')),
    rule: deciding?.by === 'rule' ? deciding.index : undefined,
  }));
  return { verdict: one?.verdict, ends };
}

function withRule(rule: string): Snapshot {
  return {
    ...theOffice(),
    parts: { 'iptables-legacy': `*filter\n:INPUT ACCEPT [0:0]\n${rule}\nCOMMIT\n` },
  };
}

describe('a snapshot that can not be made anonymous', () => {
  test.each([
    ['-A INPUT -s 10.0.0.1/255.0.0.255 -j DROP', 'the mask of'],
    ['-A INPUT -j NETMAP --to 10.1.0.0/16', 'NETMAP'],
  ])('%s', (rule, why) => {
    const { value, diagnostics } = anonymize(withRule(rule), secretOf(key));
    expect(value).toBeUndefined();
    expect(diagnostics.map(({ code }) => code)).toEqual(['HK8106']);
    expect(diagnostics[0]?.message).toContain(why);
  });
});

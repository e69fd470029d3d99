// Snapshots without their addresses and names: nothing of these is left in any notation, and packets meet the same rules.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AddressFamily,
  addressWidth,
  formatAddress,
  parseAddress,
} from '../../../src/core/datatype/address.ts';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import { addressTree } from '../../../src/core/snapshot/anonymize/address-tree.ts';
import { type Anonymized, anonymize } from '../../../src/core/snapshot/anonymize/anonymize.ts';
import { interfaceNames } from '../../../src/core/snapshot/anonymize/interface-names.ts';
import { policyOfSnapshot } from '../../../src/core/snapshot/policy.ts';
import { readSnapshot, type Snapshot, writeSnapshot } from '../../../src/core/snapshot/snapshot.ts';
import { type Trace, trace } from '../../../src/core/trace/trace.ts';
import { secretOf } from '../../../src/host/snapshot/secret.ts';

const key = Buffer.alloc(32, 7);

const text = readFileSync(join(import.meta.dirname, '../../../fixtures/snapshot/office.json'), 'utf8');

function theOffice(): Snapshot {
  const { value } = readSnapshot({ name: 'office', text: text.replace(/^\{\s*/, '{') });
  if (!value) throw new Error('the fixture is a snapshot');
  return value;
}

function anonymous(snapshot: Snapshot, by: Uint8Array = key): Anonymized {
  const { value, diagnostics } = anonymize(snapshot, secretOf(by));
  if (!value) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value;
}

/** An address in every way in which it may be written. */
function notations(written: string): readonly string[] {
  const address = parseAddress(written);
  if (!address) return [];
  const { family, value } = address;
  const digits = value.toString(16).padStart(family === 4 ? 8 : 32, '0');
  const bytes = digits.match(/../g) ?? [];
  const reversed = bytes.toReversed();
  if (family === 6) return [written, digits, reversed.join(''), Array.from(digits).toReversed().join('.')];
  const backwards = written.split('.').toReversed().join('.');
  return [
    written,
    digits,
    bytes.join(':'),
    reversed.join(''),
    backwards,
    value.toString(),
    written.replaceAll('.', '-'),
  ];
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

const interesting = (written: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom(...written.map((one) => parseAddress(one)?.value ?? 0n)),
      fc.constantFrom(0n, 0n, 1n, 2n, 7n, 255n),
    )
    .map(([value, change]) => value ^ change);

const own4 = [
  '10.20.30.1',
  '10.20.30.5',
  '10.20.30.9',
  '10.20.30.20',
  '10.20.30.41',
  '81.2.69.142',
  '81.2.69.12',
  '185.10.20.30',
  '10.20.30.255',
];
const own6 = ['2001:470:aa:bb::1', '2001:470:aa:bb::77', '2001:470:aa:bc::1', '2a00:1450::5'];

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

const families = fc.constantFrom<AddressFamily>(4, 6);

const addressOf = (family: AddressFamily) =>
  fc.oneof(
    fc.bigInt({ min: 0n, max: (1n << BigInt(addressWidth(family))) - 1n }),
    interesting(family === 4 ? own4 : own6),
  );

function shared(family: AddressFamily, left: bigint, right: bigint): number {
  const differing = left ^ right;
  return addressWidth(family) - (differing === 0n ? 0 : differing.toString(2).length);
}

/** Addresses of IPv4 in those of IPv6 are as they are alone. */
function isPlain(family: AddressFamily, value: bigint): boolean {
  return family === 4 || value >> 32n !== 0xffffn;
}

describe('addresses in place of others', () => {
  test('have as long a prefix in common as these', () => {
    const tree = addressTree(secretOf(key));
    fc.assert(
      fc.property(
        families.chain((family) => fc.tuple(fc.constant(family), addressOf(family), addressOf(family))),
        ([family, left, right]) => {
          fc.pre(isPlain(family, left) && isPlain(family, right));
          expect(shared(family, tree.map(family, left), tree.map(family, right))).toBe(
            shared(family, left, right),
          );
        },
      ),
    );
  });

  test('are in a range exactly where these are, if the range was learnt', () => {
    fc.assert(
      fc.property(addressOf(4), addressOf(4), addressOf(4), (one, other, asked) => {
        const [first, last] = one < other ? [one, other] : [other, one];
        const tree = addressTree(secretOf(key));
        tree.keepRange(4, first, last);
        const [from, value, to] = [first, asked, last].map((each) => tree.map(4, each));
        if (from === undefined || value === undefined || to === undefined) throw new Error('there are three');
        expect(value >= from && value <= to).toBe(asked >= first && asked <= last);
      }),
    );
  });

  test.each([
    '10.1.2.3 10.',
    '192.168.7.9 192.168.',
    '172.20.1.1 172.',
    '100.70.1.1 100.',
    'fe80::5 fe80:',
    'fd12::1 fd',
    '239.1.2.3 239.',
    '127.0.0.53 127.0.0.53',
    'ff02::1 ff02::1',
  ])('stay what they are to everybody: %s', (words) => {
    const [written = '', beginning = ''] = words.split(' ');
    const address = parseAddress(written);
    if (!address) throw new Error('it is an address');
    const { family, value } = address;
    expect(formatAddress({ family, value: addressTree(secretOf(key)).map(family, value) })).toMatch(
      new RegExp(`^${beginning.replaceAll('.', '\\.')}`),
    );
  });
});

const secretNames = fc.uniqueArray(fc.stringMatching(/^zq[a-z]{6}$/), { minLength: 8, maxLength: 8 });

/** None that has a meaning of its own, and none that is a network. */
const secretAddresses = fc.uniqueArray(fc.integer({ min: 0x0b_01_01_01, max: 0x7e_ff_ff_ff }), {
  minLength: 6,
  maxLength: 6,
});

/** Each name and address in many places. */
function drawnSnapshot(names: readonly string[], addresses: readonly string[]): Snapshot {
  const [table = '', chain = '', set = '', device = '', comment = '', prefix = '', host = '', list = ''] =
    names;
  const [a = '', b = '', c = '', d = '', e = '', f = ''] = addresses;
  const place = { family: 'inet', table, chain };
  const expr = [
    { match: { op: '==', left: { meta: { key: 'iifname' } }, right: { set: [device, `${device}2*`] } } },
    { match: { op: '==', left: { payload: { protocol: 'ip', field: 'saddr' } }, right: { range: [a, b] } } },
    { match: { op: '==', left: { payload: { protocol: 'ip', field: 'daddr' } }, right: `@${set}` } },
    { log: { prefix } },
    { dnat: { addr: c, family: 'ip', port: 80 } },
  ];
  const nft = [
    { table: { family: 'inet', name: table, comment } },
    { chain: { ...place, name: chain, type: 'nat', hook: 'prerouting', prio: -100, policy: 'accept' } },
    { set: { ...place, name: set, type: ['ifname', 'ipv4_addr'], elem: [{ concat: [device, d] }], comment } },
    { rule: { ...place, comment, expr } },
  ];
  const link = {
    ifname: device,
    altnames: [host],
    ifalias: comment,
    addr_info: [{ local: a, prefixlen: 24, label: device }],
  };
  return {
    format: 'hookline-snapshot',
    version: 1,
    takenAt: '2026-01-31T09:30:00.000Z',
    machine: { hostname: host, kernel: '6.12.0', tools: {} },
    parts: {
      'nft-json': JSON.stringify({ nftables: nft }),
      'iptables-legacy': `# Generated by iptables-save v1.8.9 on ${host}\n*filter\n:${chain} - [0:0]\n-A ${chain} -i ${device} -s ${a}/24 -d ${b} -m comment --comment "${comment} ${c}" -m recent --set --name ${list} -j LOG --log-prefix "${prefix} ${d} "\n-A ${chain} -m iprange --src-range ${e}-${e.replace(/\d+$/, '255')} -m set --match-set ${set} src,dst -j DNAT --to-destination ${f}:80\nCOMMIT\n`,
      ipset: `create ${set} hash:net,iface family inet comment\nadd ${set} ${a}/24,${device} comment "${comment}"\n`,
      addresses: JSON.stringify([link]),
      routes: JSON.stringify([{ dst: `${b}/32`, gateway: c, dev: device, table: list }]),
      rules: JSON.stringify([{ priority: 1, src: d, table: list, iif: device }]),
      neighbours: JSON.stringify([
        { dst: e, dev: device, lladdr: '02:11:22:33:44:55', state: ['REACHABLE'] },
      ]),
      sysctls: `net.ipv4.conf.${device}.forwarding = 1\n`,
      conntrack: `ipv4 2 tcp 6 100 ESTABLISHED src=${a} dst=${b} sport=1 dport=2 src=${b} dst=${f} sport=2 dport=1 secctx=${host} mark=0 use=1\n`,
      'routing-tables': `7 ${list} # of ${host}\n`,
      'nft-hooks': `family ip {\n\thook ingress device ${device} {\n\t\t0 chain inet ${table} ${chain} [nf_tables]\n\t}\n}\n`,
    },
    missing: [{ part: 'ip6tables-legacy', reason: 'failed', message: `${host} ${a}` }],
  };
}

test('an anonymous snapshot has no name and no address, whatever these are and wherever they stand', () => {
  fc.assert(
    fc.property(secretNames, secretAddresses, (names, values) => {
      const sorted = values.toSorted((left, right) => left - right);
      const addresses = sorted.map((value) => formatAddress({ family: 4, value: BigInt(value) }));
      const whole = writeSnapshot(anonymous(drawnSnapshot(names, addresses)).snapshot).toLowerCase();
      const left = [...names, ...addresses.flatMap(notations)].filter((one) =>
        whole.includes(one.toLowerCase()),
      );
      expect(left).toEqual([]);
    }),
    { numRuns: 20, endOnFailure: true },
  );
});

describe('names in place of those of interfaces', () => {
  const names = fc.stringMatching(/^(?:eth|en|wan|w|veth|tun|of)[a-c0-2]{0,3}(?:\.[1-9])?$/);

  test('begin as rules ask exactly where these do, and are as different as these', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(names, { maxLength: 8 }),
        fc.uniqueArray(names, { maxLength: 4 }),
        (all, patterns) => {
          const nameOf = interfaceNames(patterns);
          const given = all.map((one) => nameOf(one));
          expect(new Set(given).size).toBe(all.length);
          for (const pattern of patterns)
            expect(given.map((one) => one.startsWith(nameOf(pattern)))).toEqual(
              all.map((one) => one.startsWith(pattern)),
            );
        },
      ),
      { numRuns: 300 },
    );
  });
});

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

// Addresses and names of interfaces in place of others.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AddressFamily,
  addressWidth,
  formatAddress,
  parseAddress,
} from '../../../src/core/datatype/address.ts';
import { addressTree } from '../../../src/core/snapshot/anonymize/address-tree.ts';
import { interfaceNames } from '../../../src/core/snapshot/anonymize/interface-names.ts';
import { secretOf } from '../../../src/host/snapshot/secret.ts';
import { interesting, key, own4, own6 } from '../../support/anonymous.ts';

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

// Anonymous snapshots: a fixed key, and the ways in which an address may be written.
import fc from 'fast-check';
import { parseAddress } from '../../src/core/datatype/address.ts';
import { type Anonymized, anonymize } from '../../src/core/snapshot/anonymize/anonymize.ts';
import type { Snapshot } from '../../src/core/snapshot/snapshot.ts';
import { secretOf } from '../../src/host/snapshot/secret.ts';

/** The key of all of them. */
export const key = Buffer.alloc(32, 7);

/** The snapshot with other addresses and names, and what took their place. */
export function anonymous(snapshot: Snapshot, by: Uint8Array = key): Anonymized {
  const { value, diagnostics } = anonymize(snapshot, secretOf(by));
  if (!value) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value;
}

/** An address in every way in which it may be written. */
export function notations(written: string): readonly string[] {
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

/** One of these, or one that is near. */
export const interesting = (written: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom(...written.map((one) => parseAddress(one)?.value ?? 0n)),
      fc.constantFrom(0n, 0n, 1n, 2n, 7n, 255n),
    )
    .map(([value, change]) => value ^ change);

/** Those of the office, and near ones. */
export const own4 = [
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
/** The same of IPv6. */
export const own6 = ['2001:470:aa:bb::1', '2001:470:aa:bb::77', '2001:470:aa:bc::1', '2a00:1450::5'];

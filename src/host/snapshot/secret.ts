// The secret of one anonymising: drawn afresh, and kept nowhere, so that nobody can undo it.
import { createHmac, randomBytes } from 'node:crypto';
import type { SecretBit } from '../../core/snapshot/anonymize/address-tree.ts';

/** A secret of its own each time. */
export function freshSecret(): SecretBit {
  return secretOf(randomBytes(32));
}

/** The secret of a key. */
export function secretOf(key: Uint8Array): SecretBit {
  return (label) => ((createHmac('sha256', key).update(label).digest()[0] ?? 0) & 1) === 1;
}

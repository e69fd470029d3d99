// What conntrack attached to a packet (net/netfilter/nft_ct.c: nft_ct_get_eval). Without an entry `ct state` is
// invalid or untracked, and every other key is missing.
import type { CtState } from '../conntrack/entry.ts';
import { ctDirection, ctStateBits, ctStatusBits, mark } from '../datatype/types.ts';
import { defineField, type FieldValue } from './define.ts';
import { ofConnection } from './parts.ts';
import { isUnknown, type PacketView } from './view.ts';

function bitOf(state: CtState): bigint | undefined {
  return ctStateBits.constants?.get(state);
}

const states: readonly CtState[] = ['established', 'new', 'related', 'invalid', 'untracked'];

export const ctState = defineField('ct state', ctStateBits, ({ ct }) => bitOf(ct?.state ?? 'invalid'), {
  symbol: { kind: 'own', values: states.flatMap((state) => bitOf(state) ?? []) },
});

export const ctStatusField = defineField('ct status', ctStatusBits, (view) => entryPart(view, 'status'), {
  symbol: { kind: 'own', present: ofConnection },
});

export const ctMark = defineField('ct mark', mark, (view) => entryPart(view, 'mark'), {
  symbol: { kind: 'own', present: ofConnection },
});

export const ctDirectionField = defineField(
  'ct direction',
  ctDirection,
  ({ ct }) => {
    if (!ct?.entry) return undefined;
    if (isUnknown(ct.direction)) return ct.direction;
    return ct.direction === 'original' ? 0n : 1n;
  },
  { symbol: { kind: 'own', present: ofConnection, values: [0n, 1n] } },
);

function entryPart({ ct }: PacketView, part: 'status' | 'mark'): FieldValue {
  const entry = ct?.entry;
  return entry === undefined || isUnknown(entry) ? entry : BigInt(entry[part]);
}

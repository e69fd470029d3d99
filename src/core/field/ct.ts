// What conntrack attached to a packet (net/netfilter/nft_ct.c: nft_ct_get_eval). Without an entry `ct state` is
// invalid or untracked, and every other key is missing.
import type { CtState } from '../conntrack/entry.ts';
import { numberType } from '../datatype/define.ts';
import { ctDirection, ctStateBits, ctStatusBits, mark } from '../datatype/types.ts';
import { defineField, type FieldValue } from './define.ts';
import { type Condition, fieldIs } from './symbolic.ts';
import { isUnknown, type PacketView } from './view.ts';

function bitOf(state: CtState): bigint | undefined {
  return ctStateBits.constants?.get(state);
}

const states: readonly CtState[] = ['established', 'new', 'related', 'invalid', 'untracked'];

export const ctState = defineField('ct state', ctStateBits, ({ ct }) => bitOf(ct?.state ?? 'invalid'), {
  symbol: { kind: 'own', values: states.flatMap((state) => bitOf(state) ?? []) },
});

/** Whether conntrack has an entry for the packet: always where it belongs to what was there before, never where not. */
export const trackedEntry = defineField(
  'ct entry',
  numberType('integer', 'a bit', 1),
  ({ ct }) => (ct?.entry === undefined ? 0n : 1n),
  {
    symbol: {
      kind: 'own',
      within: (symbols, [isTracked = 0]) => {
        const { bdd } = symbols;
        const [isNew, isKnown] = [inStates(['new']), inStates(['established', 'related'])];
        return bdd.ite(isKnown(symbols), isTracked, bdd.or(bdd.not(isTracked), isNew(symbols)));
      },
    },
  },
);

function inStates(wanted: readonly CtState[]): Condition {
  return (symbols) =>
    wanted.reduce((any, state) => symbols.bdd.or(any, fieldIs(symbols, ctState, bitOf(state) ?? 0n)), 0);
}

/** Packets that belong to a connection. */
export const ofConnection: Condition = (symbols) => fieldIs(symbols, trackedEntry, 1n);

const connectionFamily = numberType('integer', 'a version of IP', 8);

/** The version of IP of a connection. */
export const connectionVersion = defineField(
  'ct version',
  connectionFamily,
  ({ ct }) => {
    const entry = ct?.entry;
    return entry === undefined || isUnknown(entry) ? entry : BigInt(entry.original.family);
  },
  { symbol: { kind: 'own', present: ofConnection, values: [4n, 6n] } },
);

/** Packets whose connection is one of this version. */
export function ofConnectionOf(version: 4 | 6): Condition {
  return (symbols) => fieldIs(symbols, connectionVersion, BigInt(version));
}

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
  {
    symbol: {
      kind: 'own',
      present: ofConnection,
      values: [0n, 1n],
      // A reply makes a connection established (net/netfilter/nf_conntrack_core.c: resolve_normal_ct).
      within: (symbols, bits) =>
        symbols.bdd.not(symbols.bdd.and(bits.at(-1) ?? 0, inStates(['new'])(symbols))),
    },
  },
);

function entryPart({ ct }: PacketView, part: 'status' | 'mark'): FieldValue {
  const entry = ct?.entry;
  return entry === undefined || isUnknown(entry) ? entry : BigInt(entry[part]);
}

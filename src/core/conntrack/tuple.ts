// A conntrack tuple: one direction of a connection, as nf_conntrack_tuple holds it.
import type { AddressFamily } from '../datatype/address.ts';

/** include/net/netfilter/nf_conntrack_tuple.h: struct nf_conntrack_tuple. */
export interface Tuple {
  readonly family: AddressFamily;
  readonly protocol: number;
  readonly source: bigint;
  readonly destination: bigint;
  readonly layer4: TupleLayer4;
}

/** The protocol's own part of the key. */
export type TupleLayer4 =
  | { readonly kind: 'ports'; readonly sport: number; readonly dport: number }
  | { readonly kind: 'icmp'; readonly type: number; readonly code: number; readonly id: number }
  | { readonly kind: 'gre'; readonly sourceKey: number; readonly destinationKey: number }
  | { readonly kind: 'none' };

export type Direction = 'original' | 'reply';

// Fields that nft compares and iptables has no option for. Each is a line of a table: key, type, and what the packet
// vocabulary knows of it.
import type { DataType } from '../../datatype/define.ts';
import type { Range } from '../../datatype/range.ts';
import { defineField, type FieldValue } from '../../field/define.ts';
import type { FieldSymbol } from '../../field/symbolic.ts';
import type { PacketView, Unknown } from '../../field/view.ts';
import type { JsonValue } from '../../nft/json-value.ts';
import type { Knowledge, MatchDefinition } from '../define.ts';
import { defineFieldMatch, type FieldTest } from '../field-match.ts';
import { unsupported } from '../iptables-condition.ts';
import type { Condition, IptablesReader, IptablesTarget } from '../iptables-spelling.ts';

/** One field. */
export interface NftField {
  readonly key: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly type: DataType;
  readonly nft: JsonValue;
  /** An expression that means the same where the value is one of the type. */
  readonly alsoNft?: JsonValue;
  readonly family?: 'ip' | 'ip6';
  readonly usesConntrack?: true;
  /** It counts: two copies of a rule are not one. */
  readonly stateful?: true;
  /** It takes these numbers one after the other. */
  readonly turns?: Range;
  readonly knowledge?: Knowledge | undefined;
  /** Only packets of a protocol with ports have it. */
  readonly transports?: true;
  /** Its key ends in a number, so that `==` is not implied. */
  readonly explicit?: true;
  readonly read: (view: PacketView) => FieldValue;
  /** What it is for all packets at once; absent: variables of its own, of which nothing else is known. */
  readonly symbol?: FieldSymbol;
  /** How iptables says it after all. */
  readonly iptables?: (test: FieldTest, target: IptablesTarget) => Condition;
  readonly iptablesReaders?: readonly IptablesReader<FieldTest>[];
}

/** The match of a field. */
export function nftFieldMatch(spec: NftField): MatchDefinition<unknown> {
  const { key, type, read, symbol, iptables, iptablesReaders: readers = [], ...rest } = spec;
  return defineFieldMatch({
    ...rest,
    key,
    field: defineField(key, type, read, symbolIn(spec, symbol)),
    iptables: { write: iptables ?? ((test) => unsupported(key, test)), readers },
  });
}

/** What a trace may not be told is named by every answer that depends on it; what counts is another one for each rule. */
function symbolIn(
  { stateful, knowledge }: NftField,
  symbol: FieldSymbol | undefined,
): { readonly symbol?: FieldSymbol } {
  if (!symbol) return stateful ? { symbol: { kind: 'own', drawn: true } } : {};
  if (symbol.kind !== 'own') return { symbol };
  const isTold = knowledge === undefined || knowledge === 'host';
  return { symbol: isTold ? symbol : { ...symbol, untold: true } };
}

/** A header field in nft JSON. */
export function payload(protocol: string, field: string): JsonValue {
  return { payload: { protocol, field } };
}

/** It is there, and the trace's packets do not have it. */
export function notTold(what: string): Unknown {
  return { unknown: `${what} is not part of a packet here` };
}

/** A value where one was given. */
export function orNotTold(value: number | undefined, what: string): FieldValue {
  return value === undefined ? notTold(what) : BigInt(value);
}

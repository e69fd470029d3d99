// A packet field: how it is read from a packet, and of which type it is.
import type { DataType } from '../datatype/define.ts';
import type { Injection } from '../packet/packet.ts';
import type { FieldSymbol } from './symbolic.ts';
import type { PacketView, Unknown } from './view.ts';

/** A number, a name, nothing (the packet has no such field), or there but not known. */
export type FieldValue = bigint | string | undefined | Unknown;

/** One field. `undefined` makes a match fail even when negated, as a missing header does in the kernel. */
export interface Field {
  readonly name: string;
  readonly type: DataType;
  readonly read: (view: PacketView) => FieldValue;
  /** The same packet with another value there, where a sender could choose it: for what would flip an answer. */
  readonly write?: (injection: Injection, value: bigint | string) => Injection | undefined;
  /** What it is for all packets at once; absent: variables of its own, of which nothing else is known. */
  readonly symbol?: FieldSymbol;
}

/** What may be said of a field beside how it is read. */
export type FieldDetails = Pick<Field, 'write' | 'symbol'>;

/** A field; where a rule has set it, it is what it was set to. */
export function defineField(
  name: string,
  type: DataType,
  read: Field['read'],
  { write, symbol }: FieldDetails = {},
): Field {
  return {
    name,
    type,
    ...(symbol && { symbol }),
    read: (view) => view.overwritten?.get(name) ?? read(view),
    ...(write && { write: (injection, value) => unlessInFrame(injection, write(injection, value)) }),
  };
}

/** What a frame carries is no IP packet, whatever a field of one is to be. */
function unlessInFrame(before: Injection, after: Injection | undefined): Injection | undefined {
  return before.packet.frame && before.packet !== after?.packet ? undefined : after;
}

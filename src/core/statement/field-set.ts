// `ip dscp set`, `ip ttl set` and so on: a header field of one IP version gets another value.
import type { DataType } from '../datatype/define.ts';
import { findSelector } from '../match/find-selector.ts';
import type { IptablesReader } from '../match/iptables-spelling.ts';
import type { PacketChange, StatementDefinition, TargetSpelling } from './define.ts';
import type { Operand } from './operand.ts';
import { defineSetter } from './setter.ts';
import { changing, passing, toAll } from './symbolic.ts';

export interface FieldSetSpec {
  /** nft's protocol and field, and the key before `set`: `ip` and `dscp`. */
  readonly protocol: 'ip' | 'ip6';
  readonly field: string;
  readonly type: DataType;
  readonly summary: string;
  readonly target: (value: bigint) => TargetSpelling;
  readonly readers: readonly IptablesReader<Operand>[];
  readonly change: (value: number) => PacketChange;
}

/** Defines the statement; it does not apply to the other IP version. */
export function defineFieldSet(spec: FieldSetSpec): StatementDefinition<unknown> {
  const { protocol, field, type, summary, target, readers, change } = spec;
  const key = `${protocol} ${field}`;
  return defineSetter({
    key,
    summary,
    type,
    nft: { payload: { protocol, field } },
    family: protocol,
    changesPacket: true,
    target,
    readers,
    effect: (value) => ({
      kind: 'set-packet',
      change: change(Number(value)),
      field: key,
      note: `${key} ${type.format(value)}`,
    }),
    symbolic: (bits) => {
      const selector = findSelector(key);
      return selector ? toAll(changing(selector.field, bits)) : passing();
    },
  });
}

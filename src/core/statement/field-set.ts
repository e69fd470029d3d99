// `ip dscp set`, `ip ttl set` and so on: a header field of one IP version gets a constant.
import type { DataType } from '../datatype/define.ts';
import type { EvaluationContext } from '../match/define.ts';
import type { IptablesReader } from '../match/iptables-spelling.ts';
import { equalJson, isJsonObject, type JsonValue } from '../nft/json-value.ts';
import {
  defineStatement,
  type Effect,
  type PacketChange,
  type StatementDefinition,
  type TargetSpelling,
} from './define.ts';

/** The new value. */
export interface FieldValue {
  readonly value: bigint;
}

export interface FieldSetSpec {
  /** nft's protocol and field, and the key before `set`: `ip` and `dscp`. */
  readonly protocol: 'ip' | 'ip6';
  readonly field: string;
  readonly type: DataType;
  readonly summary: string;
  /** The words of the target, of which the last is the value. */
  readonly target: (value: bigint) => readonly string[] | { readonly unsupported: string };
  readonly readers: readonly IptablesReader<FieldValue>[];
  readonly change: (value: number) => PacketChange;
}

/** Defines the statement; it does not apply to the other IP version. */
export function defineFieldSet(spec: FieldSetSpec): StatementDefinition<unknown> {
  const { protocol, field, type, summary } = spec;
  const key = `${protocol} ${field} set`;
  return defineStatement<FieldValue>({
    key,
    summary,
    terminal: false,
    changesPacket: true,
    read: (reader) => {
      const value = reader.single(type);
      return value === undefined ? undefined : { value };
    },
    write: ({ value }) => `${key} ${type.format(value)}`,
    nft: {
      write: ({ value }) => ({ statement: { mangle: { key: keyJson(spec), value: type.toJson(value) } } }),
      read: (statement) => fromJson(spec, statement),
    },
    iptables: {
      write: ({ value }, { family }) => (family === protocol ? spellTarget(spec, value) : { kind: 'never' }),
      readers: spec.readers,
    },
    execute: ({ value }, context) => effect(spec, value, context),
  });
}

function spellTarget({ target }: FieldSetSpec, value: bigint): TargetSpelling {
  const words = target(value);
  return 'unsupported' in words ? { kind: 'unsupported', why: words.unsupported } : { kind: 'target', words };
}

function keyJson({ protocol, field }: FieldSetSpec): JsonValue {
  return { payload: { protocol, field } };
}

function fromJson(spec: FieldSetSpec, statement: JsonValue): FieldValue | undefined {
  const mangle = isJsonObject(statement) ? statement['mangle'] : undefined;
  if (!isJsonObject(mangle) || !equalJson(mangle['key'] ?? null, keyJson(spec))) return undefined;
  const given = mangle['value'];
  const value =
    typeof given === 'string' || typeof given === 'number' ? spec.type.parse(`${given}`) : undefined;
  return value === undefined ? undefined : { value };
}

/** nft tests the IP version first (src/payload.c: payload_gen_dependency). */
function effect(
  { protocol, field, type, change }: FieldSetSpec,
  value: bigint,
  { view }: EvaluationContext,
): Effect {
  const version = protocol === 'ip' ? 4 : 6;
  const { family } = view.packet;
  if (family !== version) return { kind: 'mismatch', condition: `IPv${version}`, actual: `IPv${family}` };
  return {
    kind: 'set-packet',
    change: change(Number(value)),
    note: `${protocol} ${field} ${type.format(value)}`,
  };
}

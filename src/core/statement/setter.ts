// `ip dscp set`, `meta mark set` and so on: a field gets the value of an operand.

import type { Node } from '../bdd/bdd.ts';
import type { DataType } from '../datatype/define.ts';
import type { Hook } from '../hook/hook.ts';
import type { EvaluationContext, SymbolicContext } from '../match/define.ts';
import type { IptablesReader, IptablesTarget } from '../match/iptables-spelling.ts';
import { findingsOf, hasDefault } from '../match/lookup-iptables.ts';
import type { Reading } from '../match/reading.ts';
import { equalJson, isJsonObject, type JsonValue } from '../nft/json-value.ts';
import {
  defineStatement,
  type Effect,
  oneOf,
  type StatementDefinition,
  type TargetSpelling,
} from './define.ts';
import {
  constant,
  evaluateOperand,
  mapsOfOperand,
  type Operand,
  operandFromJson,
  operandOfConntrack,
  operandToJson,
  readOperand,
  writeOperand,
} from './operand.ts';
import { all, isVersion, type SymbolicCase, within } from './symbolic.ts';
import { numberOf } from './symbolic-source.ts';

export interface SetterSpec {
  /** The field: `ip dscp`. */
  readonly key: string;
  /** Other words for the statement. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly type: DataType;
  /** The expression of the field. */
  readonly nft: JsonValue;
  /** The only packets that have it. */
  readonly family?: 'ip' | 'ip6';
  readonly hooks?: readonly Hook[];
  readonly usesConntrack?: true;
  /** Conditions may look at it. */
  readonly changesPacket?: true;
  /** What iptables has for a constant. */
  readonly target: (value: bigint) => TargetSpelling;
  /** The same for a field, if there is anything. */
  readonly copy?: (reading: Reading) => TargetSpelling;
  readonly readers: readonly IptablesReader<Operand>[];
  readonly effect: (value: bigint, context: EvaluationContext) => Effect;
  /** What all packets at once come to where the field gets these bits. */
  readonly symbolic?: (bits: readonly Node[], context: SymbolicContext) => readonly SymbolicCase[];
  /** The effect of a value that nobody can tell, where it is not that the field is not known any more. */
  readonly unknown?: (context: EvaluationContext) => Effect;
}

/** Defines the statement `KEY set VALUE`. */
export function defineSetter(spec: SetterSpec): StatementDefinition<unknown> {
  const { type, hooks, aliases } = spec;
  const key = `${spec.key} set`;
  return defineStatement<Operand>({
    key,
    ...(aliases && { aliases }),
    summary: spec.summary,
    terminal: false,
    ...(hooks && { hooks }),
    ...(spec.usesConntrack && { usesConntrack: true }),
    refersToConntrack: operandOfConntrack,
    maps: mapsOfOperand,
    ...(spec.changesPacket && { changesPacket: true }),
    read: (reader) => readOperand(reader, type),
    write: (operand) => `${key} ${writeOperand(operand, type)}`,
    nft: {
      write: (operand) => ({
        statement: { mangle: { key: spec.nft, value: operandToJson(operand, type) } },
      }),
      read: (statement) => operandFromJson(valueOfMangle(statement, spec.nft), type),
    },
    iptables: {
      write: (operand, place) =>
        spec.family && spec.family !== place.family ? { kind: 'never' } : writeTarget(spec, operand, place),
      readers: spec.readers,
    },
    execute: (operand, context) => execute(spec, operand, context),
    ...(spec.symbolic && { symbolic: symbolicSetter(spec, spec.symbolic) }),
  });
}

/** The packets that have what is asked for, and are of the right version, get it. */
function symbolicSetter(
  { family, type }: Pick<SetterSpec, 'family' | 'type'>,
  symbolic: NonNullable<SetterSpec['symbolic']>,
) {
  return (operand: Operand, context: SymbolicContext): readonly SymbolicCase[] => {
    const { bdd } = context;
    const { present, bits } = numberOf(operand, type.width, context);
    const version = family === undefined ? all : isVersion(context, family === 'ip' ? 4 : 6);
    const when = bdd.and(present, version);
    return [
      { when: bdd.not(when), effect: { kind: 'mismatch' } },
      ...within(context, when, symbolic(bits, context)),
    ];
  };
}

/** What a `mangle` statement in nft JSON sets this field to. */
function valueOfMangle(statement: JsonValue, field: JsonValue): JsonValue | undefined {
  const mangle = isJsonObject(statement) ? statement['mangle'] : undefined;
  return isJsonObject(mangle) && equalJson(mangle['key'] ?? null, field) ? mangle['value'] : undefined;
}

/** A target of these words. */
export function target(...words: readonly string[]): TargetSpelling {
  return { kind: 'target', words };
}

function writeTarget(spec: SetterSpec, operand: Operand, place: IptablesTarget): TargetSpelling {
  if (operand.kind === 'constant') return spec.target(operand.value);
  if (operand.kind === 'reading')
    return (
      spec.copy?.(operand.reading) ?? {
        kind: 'unsupported',
        why: `iptables sets \`${spec.key}\` to a constant only`,
      }
    );
  const findings = findingsOf(operand.lookup, place);
  if ('kind' in findings) return findings;
  const cases = findings.flatMap(({ data, ...found }) => {
    const atom = data.kind === 'value' ? data.value[0] : undefined;
    if (typeof atom !== 'object') return [];
    return [{ ...found, what: { key: `${spec.key} set`, args: constant(atom.lo) } }];
  });
  const { keys } = operand.lookup;
  const overlapping = hasDefault(operand.lookup, place) || keys.some(({ key }) => key === spec.key);
  return { kind: 'cases', cases, overlapping };
}

/** nft tests the IP version first (src/payload.c: payload_gen_dependency). */
function execute(spec: SetterSpec, operand: Operand, context: EvaluationContext): Effect {
  const { family } = context.view.packet;
  const version = spec.family && (spec.family === 'ip' ? 4 : 6);
  if (version && family !== version)
    return { kind: 'mismatch', condition: `IPv${version}`, actual: `IPv${family}` };
  return effectOfOperand(spec, operand, context);
}

/** What setting a field to an operand does; `effect` is that of a number. */
export function effectOfOperand(
  spec: Pick<SetterSpec, 'key' | 'type' | 'effect' | 'unknown'>,
  operand: Operand,
  context: EvaluationContext,
): Effect {
  const value = evaluateOperand(operand, context);
  if (value.kind === 'value') return spec.effect(value.value, context);
  const miss: Effect = {
    kind: 'mismatch',
    condition: `${spec.key} set ${writeOperand(operand, spec.type)}`,
    actual: value.kind === 'none' ? value.actual : '?',
  };
  if (value.kind === 'none') return miss;
  if (!value.possible)
    return value.mayMiss
      ? { kind: 'unknown', why: value.why }
      : (spec.unknown?.(context) ?? unknownEffect(spec.key, value.why));
  return oneOf(value.why, [
    ...value.possible.map((one) => ({ label: spec.type.format(one), effect: spec.effect(one, context) })),
    ...(value.mayMiss ? [{ label: 'nothing', effect: miss }] : []),
  ]);
}

/** The field has a value that nobody can tell. */
function unknownEffect(field: string, why: string): Effect {
  return { kind: 'set-field', field, value: { unknown: why }, note: `${field} is not known: ${why}` };
}

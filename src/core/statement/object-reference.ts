// The form that statements with an object of the table share: `counter name "web"`, `ct helper set tcp dport map { … }`.

import type { Node } from '../bdd/bdd.ts';
import type { Hook } from '../hook/hook.ts';
import type { NamedObject } from '../ir/ruleset.ts';
import type { EvaluationContext, Knowledge, SymbolicContext } from '../match/define.ts';
import type { Condition, IptablesTarget } from '../match/iptables-spelling.ts';
import { symbolicLookUp } from '../match/lookup.ts';
import { findingsOf, hasDefault } from '../match/lookup-iptables.ts';
import {
  mapsNamed,
  namesIn,
  type ObjectReference,
  objectsOf,
  readReference,
  refer,
  referenceFromJson,
  referenceOfConntrack,
  referenceToJson,
  writeReference,
} from '../match/object-reference.ts';
import { isJsonObject } from '../nft/json-value.ts';
import { findObjectKind } from '../object/registry.ts';
import {
  defineStatement,
  type Effect,
  type Outcome,
  oneOf,
  type StatementDefinition,
  type TargetCase,
  type TargetSpelling,
} from './define.ts';
import { none, type SymbolicCase, within } from './symbolic.ts';

interface ObjectStatement {
  /** The words before the name. */
  readonly key: string;
  /** The kind of object, and the key in nft JSON. */
  readonly kind: string;
  readonly summary: string;
  readonly hooks?: readonly Hook[];
  readonly usesConntrack?: true;
  readonly knowledge?: Knowledge;
  /** Why iptables can't say it, where no statement without an object does the same. */
  readonly why: string;
  readonly help?: string;
  readonly outcome?: Outcome;
  readonly effect: (name: string, context: EvaluationContext) => Effect;
  /** The same for all packets at once. */
  readonly symbolic?: (context: SymbolicContext) => readonly SymbolicCase[];
}

/** Defines the statement. */
export function defineObjectStatement(spec: ObjectStatement): StatementDefinition<unknown> {
  const { key, kind, summary, hooks, usesConntrack, knowledge } = spec;
  const write = (reference: ObjectReference): string => `${key} ${writeReference(reference)}`;
  return defineStatement<ObjectReference>({
    key,
    summary,
    terminal: false,
    ...(hooks && { hooks }),
    ...(usesConntrack && { usesConntrack }),
    knowledge,
    refersToConntrack: referenceOfConntrack,
    objects: (reference) => namesIn(reference, kind),
    maps: (reference) => mapsNamed(reference, kind),
    read: readReference,
    write,
    nft: {
      write: (reference) => ({ statement: { [kind]: referenceToJson(reference) } }),
      read: (statement) => referenceFromJson(isJsonObject(statement) ? statement[kind] : undefined),
    },
    iptables: { write: (reference, target) => toIptables(spec, reference, target), readers: [] },
    ...(spec.outcome && { outcome: () => spec.outcome }),
    execute: (reference, context) => execute(spec, reference, context, write(reference)),
    ...(spec.symbolic && { symbolic: symbolicObject(spec.symbolic) }),
  });
}

/** Packets for which a map names no object miss the rule. */
function symbolicObject(symbolic: NonNullable<ObjectStatement['symbolic']>) {
  return (reference: ObjectReference, context: SymbolicContext): readonly SymbolicCase[] => {
    if (reference.kind === 'name') return symbolic(context);
    const { found, unknown } = symbolicLookUp(reference.lookup, context);
    const isFound = found.reduce<Node>((before, { when }) => context.bdd.or(before, when), none);
    const isNamed = context.bdd.or(
      isFound,
      unknown === none ? none : context.bdd.and(unknown, context.free('the map names an object for it')),
    );
    return [
      { when: context.bdd.not(isNamed), effect: { kind: 'mismatch' } },
      ...within(context, isNamed, symbolic(context)),
    ];
  };
}

function execute(
  { effect }: ObjectStatement,
  reference: ObjectReference,
  context: EvaluationContext,
  condition: string,
): Effect {
  const found = refer(reference, context);
  if (found.kind === 'object') return effect(found.name, context);
  const miss: Effect = {
    kind: 'mismatch',
    condition,
    actual: found.kind === 'none' ? found.actual : 'no object',
  };
  if (found.kind === 'none') return miss;
  if (!found.possible) return { kind: 'unknown', why: found.why };
  const { memory: _, ...uncounted } = context;
  return oneOf(found.why, [
    ...found.possible.map((name) => ({
      label: `\`${name}\``,
      effect: effect(name, uncounted),
      counted: () => effect(name, context),
    })),
    ...(found.mayMiss ? [{ label: 'no object', effect: miss }] : []),
  ]);
}

const always: Condition = { kind: 'any', alternatives: [[]] };

/** The statements that do the same without an object, where each object has one. */
function toIptables(
  { kind, why, help }: ObjectStatement,
  reference: ObjectReference,
  target: IptablesTarget,
): TargetSpelling {
  const refusal: TargetSpelling = { kind: 'unsupported', why, ...(help !== undefined && { help }) };
  const objects = objectsOf(reference, kind, target);
  if (objects.some((object) => statementOf(object) === undefined)) return refusal;
  if (reference.kind === 'name') {
    const what = statementOf(objects[0]);
    return what ? { kind: 'cases', cases: [{ when: always, what }] } : refusal;
  }
  const findings = findingsOf(reference.lookup, target);
  if ('kind' in findings) return findings;
  const cases = findings.flatMap(({ when, data }): readonly TargetCase[] => {
    const object = data.kind === 'object' ? target.findObject(kind, data.name) : undefined;
    const what = statementOf(object);
    return what ? [{ when, what }] : [];
  });
  return { kind: 'cases', cases, overlapping: hasDefault(reference.lookup, target) };
}

function statementOf(object: NamedObject | undefined): TargetCase['what'] | undefined {
  return object && findObjectKind(object.kind)?.alone?.(object.args);
}

// Learning from traces what they depend on: each condition that is asked tells a space what it tells packets apart by.
import type { NatRange } from '../conntrack/nat.ts';
import type { Match, Part } from '../ir/ruleset.ts';
import type { EvaluationContext } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';
import { contextAt } from '../trace/condition.ts';
import type { Observer } from '../trace/observer.ts';
import type { Run } from '../trace/run.ts';
import { recorded } from './recorded.ts';
import { type Aspect, aspectValue, ruleIndexes } from './rule-index.ts';
import { type Address, type Space, separateAll } from './space.ts';

/** An observer that has a space tell apart whatever the traces that it looks on at may depend on. */
export function learning(space: Space): Observer {
  const told = new WeakMap<Part, boolean>();
  const isTold = (part: Part, context: EvaluationContext) => {
    const known = told.get(part) ?? learn(space, part, context);
    told.set(part, known);
    return known;
  };
  const indexOf = ruleIndexes({
    classOf: (aspect, run) => className(space, aspect, run),
    learn: (conditions: readonly Match[], context) => {
      for (const one of conditions) isTold(one, context);
    },
  });
  return {
    seen: (part, context) =>
      part.kind === 'opaque' || isTold(part, context)
        ? context
        : recorded(context, (dimension) => space.separate(dimension)),
    bound: (manip, range) => addBinding(space, manip, range),
    nextRule: (run, table, chain, from) =>
      indexOf(table, chain)?.next(run, () => contextAt(run, table), from) ?? from,
  };
}

/** Whether the part says all that it depends on, or that follows from the host. */
function learn(space: Space, part: Part, context: EvaluationContext): boolean {
  if (part.kind === 'opaque') return true;
  const { definition, distinctions } =
    part.kind === 'match' ? ofMatch(part, context) : ofStatement(part, context);
  if (distinctions) return space.distinguish(distinctions);
  return definition?.knowledge === 'host';
}

type Asked = { readonly key: string; readonly args: unknown };

function ofMatch({ key, args }: Asked, context: EvaluationContext) {
  const definition = findMatch(key);
  return { definition, distinctions: definition?.distinguishes?.(args, context) };
}

function ofStatement({ key, args }: Asked, context: EvaluationContext) {
  const definition = findStatement(key);
  return { definition, distinctions: definition?.distinguishes?.(args, context) };
}

/** Which address of a range the kernel takes, and where a port is moved to, is another for each value. */
function addBinding(space: Space, manip: Address, range: NatRange): void {
  const { minAddress, maxAddress = minAddress, minPort, maxPort = minPort, basePort, netmap } = range;
  if (netmap || minAddress !== maxAddress || basePort !== undefined) separateAll(space);
  if (minPort === undefined || maxPort === undefined) return;
  const [lo, hi] = [Math.min(minPort, maxPort), Math.max(minPort, maxPort)];
  for (const dimension of [manip === 'source' ? 'sport' : 'dport', 'id'] as const)
    space.addRange(dimension, 4, { lo: BigInt(lo), hi: BigInt(hi) });
}

/** Of what a space tells apart now. */
function className(space: Space, aspect: Aspect, run: Run): string | undefined {
  const value = aspectValue(aspect, run);
  if (typeof value !== 'bigint') return value;
  if (aspect === 'iif' || aspect === 'oif') return undefined;
  const isWide = run.packet.family === 6 && (aspect === 'source' || aspect === 'destination');
  if (!isWide) return `${space.version} ${space.narrow[aspect].classOf(Number(value))}`;
  for (let at = 0; at < 4; at++) words[at] = Number((value >> BigInt(96 - 32 * at)) & 0xffffffffn);
  space.wide[aspect].classInto(words, 0, classWords, 0);
  return `${space.version} ${classWords.join()}`;
}

const words = new Uint32Array(4);
const classWords = new Uint32Array(4);

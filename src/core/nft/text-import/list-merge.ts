// Neighbouring header fields that a rule compares one after another: nft loads them at once, and lists them in their
// order in the header then (nftables: src/rule.c: stmt_reduce). As there, one field that waits for a neighbour goes on
// waiting behind a statement of another kind.
import type { Family } from '../../ir/ruleset.ts';
import { isKey } from './protocol-context.ts';
import type { Layer } from './protocols.ts';
import type { Payload } from './selector.ts';
import type { Constant, Step } from './term.ts';
import { types } from './types.ts';

type FieldStep = Extract<Step, { kind: 'match' }> & { readonly left: Payload; readonly right: Constant };

/** A comparison on its way through: it may be replaced or left out. */
interface Candidate {
  step: FieldStep | undefined;
  readonly index: number;
  isKey: boolean;
}

/** The steps with neighbours joined. */
export function mergeSteps(family: Family, steps: readonly Step[]): readonly Step[] {
  const result: (Step | undefined)[] = [...steps];
  let waiting: Candidate[] = [];
  const join = (): void => {
    if (waiting.length < 2) return;
    mergeCandidates(waiting);
    for (const { index, step } of waiting) result[index] = step;
    waiting = [];
  };
  for (const [index, step] of steps.entries()) {
    if (step.kind !== 'match') join();
    else if (isField(step)) waiting.push({ step, index, isKey: isKey(step.left) });
    else if (isOwnFamily(family, step) && index + 1 < steps.length) result[index] = undefined;
  }
  join();
  return result.filter((step) => step !== undefined);
}

/** Whole bytes of a header, compared with one value. */
function isField(step: Extract<Step, { kind: 'match' }>): step is FieldStep {
  const { left, right, op } = step;
  return (
    left.kind === 'payload' &&
    right.kind === 'constant' &&
    (op === '==' || op === 'implicit' || op === '!=') &&
    isWhole(left)
  );
}

function isWhole({ offset, bits }: Payload): boolean {
  return offset % 8 === 0 && bits % 8 === 0;
}

/** `meta protocol ip` in a table that sees nothing else. */
function isOwnFamily(family: Family, { left, right, op }: Extract<Step, { kind: 'match' }>): boolean {
  if (left.kind !== 'reading' || left.group !== 'meta' || left.key !== 'protocol') return false;
  if (right.kind !== 'constant' || (op !== '==' && op !== 'implicit')) return false;
  return (family === 'ip' && right.value === 0x0800n) || (family === 'ip6' && right.value === 0x86ddn);
}

const layers: readonly Layer[] = ['ll', 'nh', 'th', 'ih'];

function mergeCandidates(candidates: readonly Candidate[]): void {
  const sorted = candidates.toSorted((a, b) => placeIn(a) - placeIn(b));
  let last: Candidate | undefined;
  for (const next of sorted) {
    if (!last?.step || !next.step || !canMerge(last.step, next.step)) {
      last = next;
      continue;
    }
    const joined = joinSteps(last.step, next.step);
    // Nothing of a higher layer may come before what asks for it.
    const [kept, gone]: [Candidate, Candidate] = next.isKey ? [next, last] : [last, next];
    kept.step = { ...joined, op: kept.step?.op ?? joined.op };
    kept.isKey ||= gone.isKey;
    gone.step = undefined;
    last = kept;
  }
}

/** By layer and offset, of which there are far fewer. */
function placeIn({ step }: Candidate): number {
  return step ? layers.indexOf(step.left.layer) * 1e6 + step.left.offset : 0;
}

/** nftables: src/payload.c: payload_can_merge. */
function canMerge(one: FieldStep, other: FieldStep): boolean {
  const [left, right] = [one.left, other.left];
  if (left.layer !== right.layer || left.offset + left.bits !== right.offset) return false;
  if ((one.op === '!=') !== (other.op === '!=')) return false;
  const total = left.bits + right.bits;
  if (total > 128) return false;
  return total <= 32 || left.layer === 'll' || left.bits > 32 || right.bits > 32;
}

function joinSteps(one: FieldStep, other: FieldStep): FieldStep {
  const [left, right] = [one.left, other.left];
  const type = types.integer;
  const bits = left.bits + right.bits;
  const joined: Payload = { kind: 'payload', layer: left.layer, offset: left.offset, bits, type };
  const value = (one.right.value << BigInt(right.bits)) | other.right.value;
  return { kind: 'match', op: one.op, left: joined, right: { kind: 'constant', type, value, bits } };
}

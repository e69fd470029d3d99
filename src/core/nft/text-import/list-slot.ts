// A statement on its way into a listing, which a later one may take the place of.
import { isJsonObject, type JsonObject, type JsonValue } from '../json-value.ts';
import type { Step } from './term.ts';

export type MatchStep = Extract<Step, { kind: 'match' }>;

/** A statement that is listed unless something makes it redundant. */
export interface Slot {
  json: JsonValue | undefined;
  /** What it was before it was written, where it is a comparison. */
  readonly match?: MatchStep;
}

/** `>= a` and `<= b` one after the other are a range, `< a` and `> b` all outside of one. */
export function mergeRange(previous: Slot, slot: Slot): void {
  const [first, second] = [previous.match, slot.match];
  if (previous.json === undefined || !first || !second) return;
  const op =
    first.op === '>=' && second.op === '<=' ? '==' : first.op === '<' && second.op === '>' ? '!=' : undefined;
  if (op === undefined || first.left.kind !== second.left.kind) return;
  const [low, high] = [rightOf(previous.json), rightOf(slot.json)];
  const body = bodyOf(slot.json);
  if (low === undefined || high === undefined || !body) return;
  previous.json = undefined;
  slot.json = { match: { ...body, op, right: { range: [low, high] } } };
}

function bodyOf(json: JsonValue | undefined): JsonObject | undefined {
  const body = isJsonObject(json) ? json['match'] : undefined;
  return isJsonObject(body) ? body : undefined;
}

function rightOf(json: JsonValue | undefined): JsonValue | undefined {
  return bodyOf(json)?.['right'];
}

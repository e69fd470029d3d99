// How nft had worded what a definition has understood, where it words the same differently: `10.0.0.0-10.255.255.255` for
// a prefix, a protocol by its number. What was imported is emitted in the same words, so that a diff shows no change.
import type { Part } from '../ir/ruleset.ts';
import type { JsonValue } from './json-value.ts';

/** A part that is changed is a new one, and has no wording any more. */
const wordings = new WeakMap<Part, JsonValue>();

/** Notes the statement that a part was read from. */
export function rememberWording(part: Part, statement: JsonValue): void {
  wordings.set(part, statement);
}

/** The statement that a part was read from, where it is not what its definition writes. */
export function wordingOf(part: Part): JsonValue | undefined {
  return wordings.get(part);
}

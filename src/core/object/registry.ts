// All kinds of named objects. One line each; nobody else knows them by name.
import { ctExpectation, ctHelper, ctTimeout } from './connection.ts';
import type { ObjectDefinition } from './define.ts';
import { flowtable } from './flowtable.ts';
import { secmarkObject, synproxyObject } from './packet.ts';
import { counterObject, limitObject, quotaObject } from './rate.ts';

/** In the order in which the reference page shows them. */
const objectDefinitions: readonly ObjectDefinition<unknown>[] = [
  counterObject,
  quotaObject,
  limitObject,
  ctHelper,
  ctTimeout,
  ctExpectation,
  secmarkObject,
  synproxyObject,
  flowtable,
];

const index = new Map(objectDefinitions.map((definition) => [definition.kind, definition]));

/** The names of all kinds. */
export const objectKinds: readonly string[] = [...index.keys()];

/** The definition of a kind: `ct helper`. */
export function findObjectKind(kind: string): ObjectDefinition<unknown> | undefined {
  return index.get(kind);
}

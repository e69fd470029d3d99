// A JSON document with one place changed: a key renamed, or a value of another type.
import fc from 'fast-check';

type Path = readonly (string | number)[];

/** The document as it is then, and where it changed. */
export interface Mutation {
  readonly changed: unknown;
  readonly path: Path;
  readonly kind: 'rename' | 'replace';
}

/** Any change of one place but the whole. */
export function anyMutation(document: unknown): fc.Arbitrary<Mutation> {
  const all = placesIn(document, []);
  const keys = all.filter((path) => typeof path.at(-1) === 'string');
  const replaced = fc
    .record({
      path: fc.constantFrom(...all),
      value: fc.constantFrom<unknown>(7, 'seven', true, null, [], {}),
    })
    .map(({ path, value }) => ({
      path,
      kind: 'replace' as const,
      changed: changedAt(document, path, () => value),
    }));
  const renamed = fc.constantFrom(...keys).map((path) => ({
    path,
    kind: 'rename' as const,
    changed: changedAt(document, path.slice(0, -1), (parent) =>
      Object.fromEntries(
        Object.entries(Object(parent)).map(([key, value]) => [key === path.at(-1) ? `${key}x` : key, value]),
      ),
    ),
  }));
  return fc.oneof(replaced, renamed);
}

/** The items with one more key in the body of one of them, or in any object in it. */
export function anyAddition(items: readonly unknown[], more: object): fc.Arbitrary<unknown> {
  return fc.constantFrom(...additions(items, more, 2));
}

/** Every document that has more in one of its objects, which are so many levels below the whole. */
export function additions(document: unknown, more: object, level: number): readonly unknown[] {
  return [[], ...placesIn(document, [])]
    .filter((path) => path.length >= level && isRecord(valueAt(document, path)))
    .map((path) => changedAt(document, path, (inner) => ({ ...Object(inner), ...more })));
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands at a place. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => Object(inner)[key], value);
}

function placesIn(value: unknown, path: Path): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => [[...path, key], ...placesIn(valueAt(value, [key]), [...path, key])]);
}

function changedAt(value: unknown, [key, ...rest]: Path, change: (value: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  const inner = changedAt(valueAt(value, [key]), rest, change);
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? inner : item));
  return { ...Object(value), [key]: inner };
}

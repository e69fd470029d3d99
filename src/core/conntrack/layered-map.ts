// A map that is a value: a change gives a new map that shares its contents with the old one.

/** A map from texts; `with` and `without` leave the map itself as it was. */
export interface LayeredMap<Value> {
  readonly size: number;
  get(key: string): Value | undefined;
  values(): Iterable<Value>;
  with(key: string, value: Value): LayeredMap<Value>;
  without(key: string): LayeredMap<Value>;
}

/** A large base that never changes, under the few changes made since; undefined marks what was taken out. */
interface Layers<Value> {
  readonly base: ReadonlyMap<string, Value>;
  readonly changes: ReadonlyMap<string, Value | undefined>;
  readonly size: number;
}

/** The map with the contents of this one, which must not be changed any more. */
export function layeredMap<Value>(base: ReadonlyMap<string, Value>): LayeredMap<Value> {
  return mapOf({ base, changes: new Map(), size: base.size });
}

function mapOf<Value>(layers: Layers<Value>): LayeredMap<Value> {
  const { base, changes, size } = layers;
  const get = (key: string) => (changes.has(key) ? changes.get(key) : base.get(key));
  const change = (key: string, value: Value | undefined, growth: number) =>
    mapOf(folded({ base, changes: new Map(changes).set(key, value), size: size + growth }));
  return {
    size,
    get,
    values: () => valuesOf(layers),
    with: (key, value) => change(key, value, get(key) === undefined ? 1 : 0),
    without: (key) => (get(key) === undefined ? mapOf(layers) : change(key, undefined, -1)),
  };
}

/** Each change copies the changes, each fold the base: folding at the root of its size keeps both small. */
function folded<Value>(layers: Layers<Value>): Layers<Value> {
  const { base, changes, size } = layers;
  if (changes.size * changes.size < base.size + 1024) return layers;
  const merged = new Map(base);
  for (const [key, value] of changes) {
    if (value === undefined) merged.delete(key);
    else merged.set(key, value);
  }
  return { base: merged, changes: new Map(), size };
}

function* valuesOf<Value>({ base, changes }: Layers<Value>): Generator<Value> {
  for (const [key, value] of base) if (!changes.has(key)) yield value;
  for (const value of changes.values()) if (value !== undefined) yield value;
}

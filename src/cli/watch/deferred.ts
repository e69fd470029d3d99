// Promises that something else fulfils.

/** A promise, and what fulfils it. */
export interface Deferred<Value> {
  readonly promise: Promise<Value>;
  readonly fulfil: (value: Value) => void;
}

/** Nothing has fulfilled it yet. */
export function deferred<Value>(): Deferred<Value> {
  const wakes: ((value: Value) => void)[] = [];
  const promise = new Promise<Value>((resolve) => void wakes.push(resolve));
  return { promise, fulfil: (value) => wakes[0]?.(value) };
}

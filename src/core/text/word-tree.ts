// Names of one or more words, and the longest of them that some words begin with, found in one walk along the words.

/** Values by names of words that single blanks separate. */
export interface WordTree<Value> {
  /** The value of the longest name that the words begin with. */
  readonly longest: (words: readonly string[]) => Value | undefined;
}

interface Node<Value> {
  value?: Value;
  readonly next: Map<string, Node<Value>>;
}

/** Makes the tree; of two values of one name the first stays. */
export function makeWordTree<Value>(entries: Iterable<readonly [string, Value]>): WordTree<Value> {
  const root: Node<Value> = { next: new Map() };
  for (const [name, value] of entries) nodeOf(root, name.split(' ')).value ??= value;
  return { longest: (words) => longestBelow(root, words) };
}

function nodeOf<Value>(root: Node<Value>, words: readonly string[]): Node<Value> {
  let node = root;
  for (const word of words) {
    const next = node.next.get(word) ?? { next: new Map() };
    node.next.set(word, next);
    node = next;
  }
  return node;
}

function longestBelow<Value>(root: Node<Value>, words: readonly string[]): Value | undefined {
  let found: Value | undefined;
  let node: Node<Value> | undefined = root;
  for (const word of words) {
    node = node.next.get(word);
    if (!node) break;
    found = node.value ?? found;
  }
  return found;
}

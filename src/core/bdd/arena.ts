// Where the nodes of BDDs live: rows of a typed array, each once, found by what they say, and a cache of what operations gave.
// Edges may be complemented: the lowest bit of a node's number says that its row is meant negated. So a function and its
// negation are one row, and to negate costs nothing.

/** A function of variables: equal functions of one arena are equal numbers. 0 is false, 1 is true. */
export type Node = number;

/** All that is known so far. Only the functions of this folder change it. */
export interface Arena {
  /** Three numbers a row: the variable, the node where it is false (never complemented), the node where it is true. */
  rows: Int32Array;
  /** Rows in use; the first is the constant. */
  used: number;
  /** Open addressing: numbers of rows; 0 where nothing is. */
  unique: Int32Array;
  /** Direct-mapped: three numbers that say the question, and its answer. */
  cache: Int32Array;
  /** Variables that a path may have at most. */
  depth: number;
  /** What is deep must not overflow the stack of JavaScript. */
  stacks: Stacks;
  /** Steps until `tick` is called again. */
  left: number;
  readonly tick: (nodes: number) => void;
}

type Stacks = Readonly<Record<'and' | 'ite' | 'quantify' | 'compose', Int32Array>>;

/** Later than every variable: where constants stand in the order. */
export const lastLevel = 0x7fff_ffff;

const firstRows = 1 << 10;
const firstDepth = 128;
/** Entries; with more, what is found again costs more than it spares. */
const mostCached = 1 << 20;
/** Places of the table that are one line of a processor's cache. */
const group = 8;
/** Places of the cache that questions of a neighbourhood share. */
const cacheGroup = 1024;
const ticksEvery = 10_000;

/** An arena with the constants alone. */
export function createArena(tick: (nodes: number) => void): Arena {
  const rows = new Int32Array(3 * firstRows);
  rows[0] = lastLevel;
  return {
    rows,
    used: 1,
    unique: new Int32Array(2 * firstRows),
    cache: new Int32Array(4 * firstRows).fill(-1),
    depth: firstDepth,
    stacks: createStacks(firstDepth),
    left: ticksEvery,
    tick,
  };
}

/** The variable at the root of a function; `lastLevel` for a constant. */
export function levelOf({ rows }: Arena, node: Node): number {
  return rows[(node >> 1) * 3] ?? 0;
}

/** The function where its first variable is false. */
export function lowOf({ rows }: Arena, node: Node): Node {
  return (rows[(node >> 1) * 3 + 1] ?? 0) ^ (node & 1);
}

/** The function where its first variable is true. */
export function highOf({ rows }: Arena, node: Node): Node {
  return (rows[(node >> 1) * 3 + 2] ?? 0) ^ (node & 1);
}

/** The function where the variable is false, if it is one of its own; it has none before it. */
export function lowAt(arena: Arena, node: Node, level: number): Node {
  return levelOf(arena, node) === level ? lowOf(arena, node) : node;
}

/** The same where it is true. */
export function highAt(arena: Arena, node: Node, level: number): Node {
  return levelOf(arena, node) === level ? highOf(arena, node) : node;
}

/** The function that is `low` or `high` as a variable before all of theirs says. */
export function nodeOf(arena: Arena, level: number, low: Node, high: Node): Node {
  if (low === high) return low;
  const complement = low & 1;
  return (rowOf(arena, level, low ^ complement, high ^ complement) << 1) | complement;
}

/**
 * Parents stand near the newer of their children in the table, as far as there is room. What is built together is so found
 * together, in memory that was touched just before: this doubles the speed of large analyses, whose old nodes are never
 * asked for again.
 */
function rowOf(arena: Arena, level: number, low: Node, high: Node): number {
  const { rows, unique } = arena;
  const mixed = hash(level, low, high);
  const near = nearOf(low, high);
  for (let probe = 0; probe < group; probe++) {
    const at = near + ((mixed + probe) & (group - 1));
    const row = unique[at] ?? 0;
    if (row === 0) return addRow(arena, at, level, low, high);
    if (isRow(rows, row, level, low, high)) return row;
  }
  let at = farOf(unique, mixed);
  for (let row = unique[at] ?? 0; row !== 0; row = unique[at] ?? 0) {
    if (isRow(rows, row, level, low, high)) return row;
    at = (at + 1) & (unique.length - 1);
  }
  return addRow(arena, at, level, low, high);
}

function isRow(rows: Int32Array, row: number, level: number, low: Node, high: Node): boolean {
  const from = row * 3;
  return rows[from + 1] === low && rows[from + 2] === high && rows[from] === level;
}

/** Where the group of the table begins that belongs to the newer of two children. It has two places for each row. */
function nearOf(low: Node, high: Node): number {
  return (low > high ? low : high) & -group;
}

/** Where a row is looked for when the group is full. */
function farOf(unique: Int32Array, mixed: number): number {
  return (mixed >>> 3) & (unique.length - 1);
}

function addRow(arena: Arena, at: number, level: number, low: Node, high: Node): number {
  const row = arena.used++;
  arena.rows[row * 3] = level;
  arena.rows[row * 3 + 1] = low;
  arena.rows[row * 3 + 2] = high;
  arena.unique[at] = row;
  if (arena.used * 3 === arena.rows.length) grow(arena);
  return row;
}

function hash(first: number, second: number, third: number): number {
  const mixed =
    Math.imul(first, 0x9e37_79b1) ^ Math.imul(second, 0x85eb_ca6b) ^ Math.imul(third, 0xc2b2_ae35);
  return mixed ^ (mixed >>> 15);
}

/** Room for twice as many rows, with as much more cache until that is large. */
function grow(arena: Arena): void {
  const rows = new Int32Array(arena.rows.length * 2);
  rows.set(arena.rows);
  arena.rows = rows;
  arena.unique = new Int32Array(arena.unique.length * 2);
  for (let row = 1; row < arena.used; row++) place(arena, row);
  if (arena.cache.length < 4 * mostCached) growCache(arena);
}

function place({ rows, unique }: Arena, row: number): void {
  const [low, high] = [rows[row * 3 + 1] ?? 0, rows[row * 3 + 2] ?? 0];
  const mixed = hash(rows[row * 3] ?? 0, low, high);
  const near = nearOf(low, high);
  let at = near + (mixed & (group - 1));
  for (let probe = 1; unique[at] !== 0 && probe < group; probe++) at = near + ((mixed + probe) & (group - 1));
  if (unique[at] !== 0) at = farOf(unique, mixed);
  while (unique[at] !== 0) at = (at + 1) & (unique.length - 1);
  unique[at] = row;
}

function growCache(arena: Arena): void {
  const old = arena.cache;
  arena.cache = new Int32Array(old.length * 2).fill(-1);
  for (let at = 0; at < old.length; at += 4) {
    const answer = old[at + 3] ?? 0;
    if (answer >= 0) store(arena, old[at] ?? 0, old[at + 1] ?? 0, old[at + 2] ?? 0, answer);
  }
}

/** What the question was answered before; -1 where that is not known, or no more. */
export function cached({ cache }: Arena, first: number, second: number, third: number): number {
  const at = slot(cache, first, second, third);
  if (cache[at] !== first || cache[at + 1] !== second || cache[at + 2] !== third) return -1;
  return cache[at + 3] ?? 0;
}

/** Remembers an answer in the place of the one that stood there. */
export function store({ cache }: Arena, first: number, second: number, third: number, answer: number): void {
  const at = slot(cache, first, second, third);
  cache[at] = first;
  cache[at + 1] = second;
  cache[at + 2] = third;
  cache[at + 3] = answer;
}

/** Near the questions about neighbours of both, for the same reason; by the sum, as one may meet very many others. */
function slot(cache: Int32Array, first: number, second: number, third: number): number {
  const near = ((first + second) >> 1) & -cacheGroup;
  return ((near + (hash(first, second, third) & (cacheGroup - 1))) << 2) & (cache.length - 1);
}

/** Counts a step of an operation. Throws what `tick` throws; what is known so far stays right. */
export function step(arena: Arena): void {
  if (--arena.left > 0) return;
  arena.left = ticksEvery;
  arena.tick(arena.used);
}

/** Makes known that there is a variable: paths may be so long. */
export function reach(arena: Arena, level: number): void {
  if (level < arena.depth) return;
  while (arena.depth <= level) arena.depth *= 2;
  arena.stacks = createStacks(arena.depth);
}

/** A stack for each operation that may run inside another: as many frames as a path has nodes, and one more. */
function createStacks(depth: number): Stacks {
  const frames = (size: number) => new Int32Array((depth + 1) * size);
  return { and: frames(3), ite: frames(5), quantify: frames(4), compose: frames(2) };
}

// What is done to a text: each mutation is one of the mistakes, cuts and pastes that texts come to harm by.
import type { Corpus } from './corpus.ts';
import { pick, type Random } from './random.ts';

type Mutation = (text: string, random: Random, corpus: Corpus) => string;

/** Words, strings, blanks and marks. */
const piece = /\s+|"[^"\n]*"|[\w.@:-]+|[\s\S]/g;

function piecesOf(text: string): string[] {
  return text.match(piece) ?? [];
}

/** Changes the pieces of a text in place. */
function onPieces(change: (pieces: string[], at: number, random: Random, corpus: Corpus) => void): Mutation {
  return (text, random, corpus) => {
    const pieces = piecesOf(text);
    change(pieces, random(pieces.length), random, corpus);
    return pieces.join('');
  };
}

/** Puts something in at any place. */
function put(make: (random: Random, corpus: Corpus) => string): Mutation {
  return (text, random, corpus) => {
    const at = random(text.length + 1);
    return text.slice(0, at) + make(random, corpus) + text.slice(at);
  };
}

/** Some lines of a text. */
function cut(text: string, random: Random): string {
  const lines = text.split(/(?<=\n)/);
  const from = random(lines.length);
  return lines.slice(from, from + 1 + random(8)).join('');
}

function afterLine(make: (text: string, random: Random, corpus: Corpus) => string): Mutation {
  return (text, random, corpus) => {
    const at = text.indexOf('\n', random(text.length)) + 1;
    return `${text.slice(0, at)}${make(text, random, corpus)}\n${text.slice(at)}`;
  };
}

const bracket = (random: Random) => pick(random, ['{', '}', '(', ')', '[', ']', '"', '{ ', ' }', ' }\n']);
const control = (random: Random) =>
  String.fromCharCode(pick(random, [0, 1, 7, 8, 11, 13, 27, 127, 0x85, 0x2028]));
const size = (random: Random) => 2 ** random(13);

const mutations: readonly Mutation[] = [
  onPieces((pieces, at, random) => pieces.splice(at, 1 + random(6))),
  onPieces((pieces, at, random) => pieces.splice(at, 0, ...pieces.slice(at, at + 1 + random(12)))),
  onPieces((pieces, at, random) => {
    const other = random(pieces.length);
    [pieces[at], pieces[other]] = [pieces[other] ?? '', pieces[at] ?? ''];
  }),
  onPieces((pieces, at, random, { words }) => pieces.splice(at, 1, pick(random, words))),
  onPieces((pieces, at, random, { words }) => pieces.splice(at, 0, ` ${pick(random, words)} `)),
  onPieces((pieces, at, random, { words }) =>
    pieces.splice(at, 0, ` ${pick(random, words)} ${pick(random, words)} ${pick(random, words)} `),
  ),
  afterLine((_text, random, { lines, words }) =>
    lines.length > 0 ? pick(random, lines) : pick(random, words),
  ),
  afterLine((_text, random, { lines, words }) =>
    piecesOf(`${lines.length > 0 ? pick(random, lines) : ''} ${pick(random, words)}`)
      .filter(() => random(6) > 0)
      .join(''),
  ),
  afterLine((text, random) => cut(text, random)),
  afterLine((_text, random, { texts }) => cut(pick(random, texts), random)),
  (text, random, { texts }) => {
    const other = pick(random, texts);
    return text.slice(0, random(text.length)) + other.slice(random(other.length));
  },
  (text, random) => text.slice(0, random(text.length)),
  put(bracket),
  put(control),
  put((random) => '9'.repeat(1 + random(40))),
  (text, random) =>
    text.replace(/\d+/g, (digits) => (random(12) > 0 ? digits : digits.repeat(1 + random(9)))),
  (text, random) =>
    text.replaceAll('\n', () => (random(12) > 0 ? '\n' : pick(random, ['', ';', '\r\n', '\\\n', ' ']))),
  (text, random) => text.replace(/[{}]/g, (brace) => (random(10) > 0 ? brace : '')),
];

/** Those that make a text large; they are rare because they cost most of the time. */
const growing: readonly Mutation[] = [
  put((random, { words }) => `${pick(random, words)} `.repeat(size(random))),
  put((random) => bracket(random).repeat(size(random))),
  put((random) =>
    pick(random, ['when tcp dport 1 { ', '( ', '{ 1, ', '"\\', '[{"a":', '! ']).repeat(1 + random(90)),
  ),
  put((random) => `"${'x'.repeat(size(random))}"`),
];

/** Changes a text in one to five ways. */
export function mutate(text: string, random: Random, corpus: Corpus): string {
  let changed = text;
  for (let count = 1 + random(5); count > 0; count--) {
    const list = random(60) === 0 ? growing : mutations;
    changed = pick(random, list)(changed, random, corpus);
  }
  return changed;
}

/** Changes bytes of an encoded text, so that it may be none any more. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = Uint8Array.from(bytes);
  for (let count = 1 + random(4); count > 0; count--) changed[random(changed.length)] = random(256);
  return changed;
}

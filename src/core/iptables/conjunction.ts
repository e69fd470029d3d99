// Conditions that all stand in one rule of iptables. The rule's own options stand first and each at most once, so two
// conditions do not always fit together.
import type { Words } from '../match/iptables-spelling.ts';
import { parseProtocolWord, protocolWord } from '../match/protocol-name.ts';
import { matches } from '../match/registry.ts';
import { writeWords } from './words.ts';

/** An option of iptables itself, or one of a module; `written`: quoted already, and never joined with another. */
export interface Piece extends Words {
  readonly written?: true;
}

/** All of these must hold. */
export interface Conjunction {
  readonly own: readonly Piece[];
  readonly modules: readonly Piece[];
}

export const always: Conjunction = { own: [], modules: [] };

/** `never`: they contradict each other. `conflict`: both can hold, but not in one rule. */
type Joined = Conjunction | 'never' | 'conflict';

/** Puts further conditions behind those that are there. */
export function join(first: Conjunction, pieces: readonly Piece[]): Joined {
  let joined: Joined = first;
  for (const piece of pieces) {
    joined = joinPiece(joined, piece);
    if (typeof joined === 'string') break;
  }
  return joined;
}

function joinPiece({ own, modules }: Conjunction, piece: Piece): Joined {
  if (!piece.own) return { own, modules: isSaid(piece, modules) ? modules : [...modules, piece] };
  const other = own.find((one) => one.own === piece.own);
  if (!other) return { own: [...own, piece], modules };
  if (sameWords(other, piece)) return { own, modules };
  if (piece.otherwise) return { own, modules: [...modules, { words: piece.otherwise }] };
  if (piece.own !== 'p') return 'conflict';
  const stays = joinProtocols(other, piece);
  return typeof stays === 'string'
    ? stays
    : { own: own.map((one) => (one === other ? stays : one)), modules };
}

function isSaid({ onlyModule, words }: Piece, modules: readonly Piece[]): boolean {
  return onlyModule === true && modules.some((one) => one.words[0] === '-m' && one.words[1] === words[1]);
}

/** A packet has one protocol: a positive condition decides what a second one is worth. */
function joinProtocols(first: Piece, second: Piece): Piece | 'never' | 'conflict' {
  const [one, two] = isNegated(first) ? [second, first] : [first, second];
  if (isNegated(one)) return 'conflict';
  const same = protocolOf(one) === protocolOf(two);
  return same === isNegated(two) ? 'never' : one;
}

function isNegated(piece: Piece): boolean {
  return piece.words[0] === '!';
}

function protocolOf(piece: Piece): number | string {
  const word = piece.words.at(-1) ?? '';
  return parseProtocolWord(word) ?? word;
}

/** The `-p` of a protocol number. */
export function protocolPiece(number: number): Piece {
  return { own: 'p', words: ['-p', protocolWord(number)] };
}

function sameWords(one: Piece, other: Piece): boolean {
  return one.words.length === other.words.length && one.words.every((word, at) => word === other.words[at]);
}

/** Whether the conjunction has this option already. */
export function states({ own }: Conjunction, piece: Piece): boolean {
  return own.some((one) => sameWords(one, piece));
}

const ownOrder = ['s', 'd', 'i', 'o', 'p', 'f'];

/** The conditions as iptables-save writes them. */
export function writeConjunction({ own, modules }: Conjunction): string[] {
  const sorted = own.toSorted((a, b) => ownOrder.indexOf(a.own ?? '') - ownOrder.indexOf(b.own ?? ''));
  return [...sorted, ...joinModules(modules)].map(writePiece);
}

function writePiece({ words, written }: Piece): string {
  return written ? words.join(' ') : writeWords(words);
}

/** Options of one module that follow each other share its `-m`, in the order in which the module prints them. */
function joinModules(pieces: readonly Piece[]): readonly Piece[] {
  if (pieces.length < 2) return pieces;
  const groups: Piece[][] = [];
  for (const piece of pieces) {
    // The first that has room, so that what is read from this is written the same.
    const run = groups.findLastIndex(([first]) => first?.words[1] !== piece.words[1]) + 1;
    const group = groups.slice(run).find((one) => one.every((other) => canShare(other, piece)));
    if (group) group.push(piece);
    else groups.push([piece]);
  }
  return groups.map(shareModule);
}

/** Modules of which iptables-save prints several options behind one `-m`; others, such as multiport, take one only. */
const sharedModules = new Set(['tcp', 'udp', 'conntrack', 'owner']);

function canShare(one: Piece, other: Piece): boolean {
  const [, module = ''] = one.words;
  if (one.written || other.written || module !== other.words[1]) return false;
  const taken = optionsOf(one);
  return sharedModules.has(module) && !optionsOf(other).some((option) => taken.includes(option));
}

function shareModule(group: readonly Piece[]): Piece {
  const [first] = group;
  if (!first || group.length === 1) return first ?? { words: [] };
  const sorted = group.toSorted((a, b) => rankOf(a) - rankOf(b));
  return { words: [...first.words.slice(0, 2), ...sorted.flatMap(({ words }) => words.slice(2))] };
}

function optionsOf(piece: Piece): readonly string[] {
  return piece.words.filter((word) => word.startsWith('--'));
}

let ranks: ReadonlyMap<string, number> | undefined;

/** Where an option stands among those of its module: the order of the registry. */
function rankOf(piece: Piece): number {
  ranks ??= new Map(
    matches
      .flatMap(({ iptables }) => iptables.readers)
      // The reader of most options of a module has them in the order in which it prints them.
      .toSorted((a, b) => Object.keys(b.options).length - Object.keys(a.options).length)
      .flatMap((reader) => Object.keys(reader.options).map((option) => `${reader.module} ${option}`))
      .map((name, rank) => [name, rank] as const)
      .toReversed(),
  );
  return ranks.get(`${piece.words[1]} ${optionsOf(piece)[0] ?? ''}`) ?? 0;
}

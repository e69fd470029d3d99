// What is known of answers: a tree of the questions that led to them. Connections with the same answers to the questions
// so far are asked the same next.
import type { CompactEntry } from '../conntrack/compact/compact-entry.ts';

/** Something that is asked about a connection. */
export interface Question {
  /** A number that stands for the answer; -1 where it is not known yet, and has to be worked out by a trace. */
  answer(connection: CompactEntry): number;
}

/** A question and what it was answered. */
export interface Answered {
  readonly question: Question;
  readonly answer: number;
}

/** A result, or what is to be asked next. */
export type Node<Result> = { readonly kind: 'leaf'; readonly result: Result } | Fork<Result>;

/** Most forks lead on in one direction only, for which a map would be too much. */
interface Fork<Result> {
  readonly kind: 'fork';
  readonly question: Question;
  readonly answer: number;
  readonly next: Node<Result>;
  /** For other answers. */
  others?: Map<number, Node<Result>>;
}

function nextOf<Result>(fork: Fork<Result>, answer: number): Node<Result> | undefined {
  return answer === fork.answer ? fork.next : fork.others?.get(answer);
}

/** The result for a connection; undefined where nobody has come that way yet. */
export function find<Result>(from: Node<Result> | undefined, connection: CompactEntry): Result | undefined {
  let node = from;
  while (node?.kind === 'fork') node = nextOf(node, node.question.answer(connection));
  return node?.result;
}

/** The tree with one more result; answers how many nodes that took. The tree is changed in place. */
export function grow<Result>(
  from: Node<Result> | undefined,
  path: readonly Answered[],
  result: Result,
): { readonly root: Node<Result>; readonly made: number } {
  let made = 0;
  const leafOf = (rest: readonly Answered[]): Node<Result> => {
    let node: Node<Result> = { kind: 'leaf', result };
    for (const { question, answer } of rest.toReversed())
      node = { kind: 'fork', question, answer, next: node };
    made = rest.length + 1;
    return node;
  };
  if (!from) return { root: leafOf(path), made };
  let node = from;
  for (const [at, { answer }] of path.entries()) {
    if (node.kind === 'leaf') throw new Error('one way through the rules is the beginning of another');
    const next = nextOf(node, answer);
    if (!next) {
      node.others ??= new Map();
      node.others.set(answer, leafOf(path.slice(at + 1)));
      break;
    }
    node = next;
  }
  return { root: from, made };
}

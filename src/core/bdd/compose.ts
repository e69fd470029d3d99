// Functions in the place of variables, all at once.
import { type Arena, cached, highOf, levelOf, lowOf, type Node, nodeOf, step, store } from './arena.ts';
import { ite } from './ite.ts';

/** What stands for which variable; others stay. */
export interface Substituted {
  readonly nodes: ReadonlyMap<number, Node>;
  /** The last variable among them. */
  readonly last: number;
  /** Its number among the substitutions of the arena. */
  readonly number: number;
}

/** No answer yet. */
const open = -1;

/** Depth first, by rows (what is complemented stays so); a frame of the stack is the row and what came for low. */
export function compose(arena: Arena, node: Node, by: Substituted): Node {
  const stack = arena.stacks.compose;
  let [f, top] = [node & ~1, 0];
  for (;;) {
    let result = levelOf(arena, f) > by.last ? f : cached(arena, f, ~by.number, 0);
    if (result === open) {
      step(arena);
      stack[top] = f;
      stack[top + 1] = open;
      top += 2;
      f = lowOf(arena, f);
      continue;
    }
    for (;;) {
      if (top === 0) return result ^ (node & 1);
      f = stack[top - 2] ?? 0;
      const low = stack[top - 1] ?? 0;
      const high = highOf(arena, f);
      if (low === open) {
        stack[top - 1] = result;
        f = high & ~1;
        break;
      }
      result = chosen(arena, levelOf(arena, f), result ^ (high & 1), low, by);
      store(arena, f, ~by.number, 0, result);
      top -= 2;
    }
  }
}

function chosen(arena: Arena, level: number, high: Node, low: Node, { nodes }: Substituted): Node {
  return ite(arena, nodes.get(level) ?? nodeOf(arena, level, 0, 1), high, low);
}

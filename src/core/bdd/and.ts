// Both of two functions, and whether there is such a case: the operations that most of an analysis is spent in.
import { type Arena, cached, highAt, levelOf, lowAt, type Node, nodeOf, step, store } from './arena.ts';

/** Stands in the third place of a question, where `ite` has a node. */
const question = -1;

/** No answer yet. */
const open = -1;

/** Both: depth first, a frame of the stack is `f`, `g` and what came for low. */
export function and(arena: Arena, left: Node, right: Node): Node {
  const stack = arena.stacks.and;
  let [f, g, top] = [left, right, 0];
  for (;;) {
    let result = known(arena, f, g);
    if (result === open) {
      step(arena);
      stack[top] = f;
      stack[top + 1] = g;
      stack[top + 2] = open;
      top += 3;
      const level = firstOf(arena, f, g);
      f = lowAt(arena, f, level);
      g = lowAt(arena, g, level);
      continue;
    }
    for (;;) {
      if (top === 0) return result;
      f = stack[top - 3] ?? 0;
      g = stack[top - 2] ?? 0;
      const low = stack[top - 1] ?? 0;
      const level = firstOf(arena, f, g);
      if (low === open) {
        stack[top - 1] = result;
        f = highAt(arena, f, level);
        g = highAt(arena, g, level);
        break;
      }
      result = nodeOf(arena, level, low, result);
      remember(arena, f, g, result);
      top -= 3;
    }
  }
}

/** Whether both hold for some case. Makes no node, and stops at the first case. */
export function intersects(arena: Arena, left: Node, right: Node): boolean {
  const stack = arena.stacks.and;
  let [f, g, top] = [left, right, 0];
  for (;;) {
    const result = known(arena, f, g);
    if (result > 0) return true;
    if (result === open) {
      step(arena);
      stack[top] = f;
      stack[top + 1] = g;
      stack[top + 2] = open;
      top += 3;
      const level = firstOf(arena, f, g);
      f = lowAt(arena, f, level);
      g = lowAt(arena, g, level);
      continue;
    }
    for (;;) {
      if (top === 0) return false;
      f = stack[top - 3] ?? 0;
      g = stack[top - 2] ?? 0;
      if (stack[top - 1] === open) {
        stack[top - 1] = 0;
        const level = firstOf(arena, f, g);
        f = highAt(arena, f, level);
        g = highAt(arena, g, level);
        break;
      }
      remember(arena, f, g, 0);
      top -= 3;
    }
  }
}

/** What both are without a look at their nodes. */
function known(arena: Arena, f: Node, g: Node): Node {
  if (f <= 1) return f === 0 ? 0 : g;
  if (g <= 1) return g === 0 ? 0 : f;
  if ((f ^ g) <= 1) return f === g ? f : 0;
  return f < g ? cached(arena, f, g, question) : cached(arena, g, f, question);
}

function remember(arena: Arena, f: Node, g: Node, result: Node): void {
  if (f < g) store(arena, f, g, question, result);
  else store(arena, g, f, question, result);
}

function firstOf(arena: Arena, f: Node, g: Node): number {
  const [one, other] = [levelOf(arena, f), levelOf(arena, g)];
  return one < other ? one : other;
}

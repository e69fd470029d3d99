// If-then-else: every other operation on two functions is one of it.
import { and } from './and.ts';
import {
  type Arena,
  cached,
  highAt,
  highOf,
  levelOf,
  lowAt,
  lowOf,
  type Node,
  nodeOf,
  step,
  store,
} from './arena.ts';

/** No answer yet. */
const open = -1;

/** `g` where `f`, else `h`. */
export function ite(arena: Arena, f: Node, g: Node, h: Node): Node {
  const level = levelOf(arena, f);
  const isFirst = level < levelOf(arena, g) && level < levelOf(arena, h);
  if (isFirst && lowOf(arena, f) === 0 && highOf(arena, f) === 1) return nodeOf(arena, level, h, g);
  if (isFirst && lowOf(arena, f) === 1 && highOf(arena, f) === 0) return nodeOf(arena, level, g, h);
  return iteDeep(arena, f, g, h);
}

/** Depth first; a frame of the stack is the question, whether its answer is meant negated, and what came for low. */
function iteDeep(arena: Arena, condition: Node, yes: Node, no: Node): Node {
  const stack = arena.stacks.ite;
  let [f, g, h, top] = [condition, yes, no, 0];
  for (;;) {
    if ((f & 1) === 1) {
      f ^= 1;
      [g, h] = [h, g];
    }
    let result = simple(arena, f, g, h);
    if (result === open) {
      const complement = g & 1;
      g ^= complement;
      h ^= complement;
      result = cached(arena, f, g, h);
      if (result === open) {
        step(arena);
        stack[top] = f;
        stack[top + 1] = g;
        stack[top + 2] = h;
        stack[top + 3] = complement;
        stack[top + 4] = open;
        top += 5;
        const level = firstOf(arena, f, g, h);
        f = lowAt(arena, f, level);
        g = lowAt(arena, g, level);
        h = lowAt(arena, h, level);
        continue;
      }
      result ^= complement;
    }
    for (;;) {
      if (top === 0) return result;
      f = stack[top - 5] ?? 0;
      g = stack[top - 4] ?? 0;
      h = stack[top - 3] ?? 0;
      const level = firstOf(arena, f, g, h);
      const low = stack[top - 1] ?? 0;
      if (low === open) {
        stack[top - 1] = result;
        f = highAt(arena, f, level);
        g = highAt(arena, g, level);
        h = highAt(arena, h, level);
        break;
      }
      result = nodeOf(arena, level, low, result);
      store(arena, f, g, h, result);
      result ^= stack[top - 2] ?? 0;
      top -= 5;
    }
  }
}

/** What is a constant, one of the three, or both of two; `f` is not complemented. */
function simple(arena: Arena, f: Node, g: Node, h: Node): Node {
  if (f === 0 || g === h) return h;
  if (g <= 1 || (g ^ f) <= 1) {
    const isYes = g === 1 || g === f;
    return isYes ? and(arena, f ^ 1, h ^ 1) ^ 1 : and(arena, f ^ 1, h);
  }
  if (h <= 1 || (h ^ f) <= 1) {
    const isNo = h === 0 || h === f;
    return isNo ? and(arena, f, g) : and(arena, f, g ^ 1) ^ 1;
  }
  return open;
}

function firstOf(arena: Arena, f: Node, g: Node, h: Node): number {
  return Math.min(levelOf(arena, f), levelOf(arena, g), levelOf(arena, h));
}

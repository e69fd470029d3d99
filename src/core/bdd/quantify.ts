// For some, and for every value of some variables.
import { and } from './and.ts';
import {
  type Arena,
  cached,
  highAt,
  highOf,
  levelOf,
  lowAt,
  type Node,
  nodeOf,
  step,
  store,
} from './arena.ts';

/** No answer yet. */
const open = -1;

/** All of these variables, as a function: how an operation takes a set of them. */
export function cubeOf(arena: Arena, variables: Iterable<number>): Node {
  let cube = 1;
  for (const variable of [...new Set(variables)].toSorted((one, other) => other - one)) {
    cube = nodeOf(arena, variable, 0, cube);
  }
  return cube;
}

/**
 * Whether both hold for some value of the variables in the cube, as a function of the others. Depth first; a frame of the
 * stack is the question and what came for low.
 */
export function relationalProduct(arena: Arena, left: Node, right: Node, variables: Node): Node {
  const stack = arena.stacks.quantify;
  let [f, g, top] = [left, right, 0];
  for (;;) {
    if (f > g) [f, g] = [g, f];
    if (f === g) f = 1;
    const cube = cubeFrom(arena, variables, firstOf(arena, f, g));
    let result = known(arena, f, g, cube);
    if (result === open) {
      step(arena);
      stack[top] = f;
      stack[top + 1] = g;
      stack[top + 2] = cube;
      stack[top + 3] = open;
      top += 4;
      const level = firstOf(arena, f, g);
      f = lowAt(arena, f, level);
      g = lowAt(arena, g, level);
      continue;
    }
    for (;;) {
      if (top === 0) return result;
      f = stack[top - 4] ?? 0;
      g = stack[top - 3] ?? 0;
      const here = stack[top - 2] ?? 0;
      const low = stack[top - 1] ?? 0;
      const level = firstOf(arena, f, g);
      const isQuantified = levelOf(arena, here) === level;
      if (low === open && !(isQuantified && result === 1)) {
        stack[top - 1] = result;
        f = highAt(arena, f, level);
        g = highAt(arena, g, level);
        break;
      }
      if (!isQuantified) result = nodeOf(arena, level, low, result);
      else if (low !== open) result = and(arena, low ^ 1, result ^ 1) ^ 1;
      store(arena, f, g, ~here, result);
      top -= 4;
    }
  }
}

/** What a look at no node tells; `f` is not the larger one. */
function known(arena: Arena, f: Node, g: Node, cube: Node): Node {
  if (f === 0 || (f ^ g) === 1) return 0;
  if (g === 1) return 1;
  if (cube === 1) return and(arena, f, g);
  return cached(arena, f, g, ~cube);
}

/** The variables of a cube that are not before the level. */
function cubeFrom(arena: Arena, cube: Node, level: number): Node {
  let from = cube;
  while (levelOf(arena, from) < level) from = highOf(arena, from);
  return from;
}

function firstOf(arena: Arena, f: Node, g: Node): number {
  return Math.min(levelOf(arena, f), levelOf(arena, g));
}

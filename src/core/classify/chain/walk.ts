// The way of a packet through the program of its shape: down jumps and back, as src/core/trace/chain.ts does it.
import type { Program } from './program.ts';
import { firstLeap, outcome } from './rule-tail.ts';

/** The chain and the rule in it, from 1, where a packet ended; changed in place. */
export interface Walked {
  chain: number;
  rule: number;
  /** Where jumps lead back to: a chain and a rule each. */
  readonly behind: number[];
}

/**
 * Goes through the program with the packet whose codes it has. The result is of `outcome`: that of a rule that ended the
 * base chain, `return` for its policy, or `open`.
 */
export function walk({ chains }: Program, walked: Walked): number {
  const { behind } = walked;
  behind.length = 0;
  let [number, from] = [0, 0];
  for (;;) {
    const chain = chains[number];
    if (!chain) return outcome.open;
    const rule = chain.finder.first(from);
    const isEnd = rule >= chain.places.length;
    const found = isEnd
      ? outcome.return
      : chain.outcomes[rule] || (chain.tails[rule]?.outcome() ?? outcome.open);
    if (found >= firstLeap) {
      if (found % 2 === 0) behind.push(number, rule + 1);
      number = (found - firstLeap) >> 1;
      from = 0;
    } else if (found === outcome.next) from = rule + 1;
    else if (found === outcome.return && behind.length > 0) {
      from = behind.pop() ?? 0;
      number = behind.pop() ?? 0;
    } else {
      walked.chain = number;
      walked.rule = isEnd ? 0 : (chain.places[rule] ?? 0);
      return found;
    }
  }
}

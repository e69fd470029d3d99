// What each check of a step is given.
import type { Bdd, Node } from '../../bdd/bdd.ts';
import type { Chain, Rule } from '../../ir/ruleset.ts';
import type { View, Viewed } from './viewed.ts';

/** Rules of one chain, as packets meet them that come by one hook. */
export interface Checking {
  readonly bdd: Bdd;
  readonly view: View;
  readonly chain: Chain;
}

/** Every packet that has something done to it by the rule. */
export function packetsIn({ does }: Viewed, bdd: Bdd): Node {
  return [...(does ?? [])].reduce((node, [, packets]) => bdd.or(node, packets), 0);
}

/** At which rule a step can't be shown to change nothing; nothing where it is shown. */
export type Doubt = Rule | undefined;

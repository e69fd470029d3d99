// What the parts of a chain's body are read with: rules, blocks and calls lead to each other by way of it.
import type { Rule } from '../ir/ruleset.ts';
import type { BodyItem } from '../syntax/ast.ts';
import type { Located } from './cursor.ts';
import type { ChainDraft } from './jump.ts';
import type { RuleContext } from './rule.ts';
import type { Expansion, Scope } from './scope.ts';

/** What bodies are read with: that of rules, and where the chains go that blocks need. */
export interface BodyContext extends RuleContext {
  /** The rules of a body in order. */
  readonly checkBody: CheckBody;
  /** The chains that blocks have made so far, in order. */
  readonly chains: ChainDraft[];
  /** A name that no other chain has. */
  readonly freeName: () => string;
  /** How many calls were opened, over the whole table. */
  readonly made: { count: number };
}

/** Reads what stands in a chain, a block or a definition. */
export type CheckBody = (items: readonly BodyItem[], place: Place, context: BodyContext) => readonly Rule[];

/** Where a body stands. */
export interface Place {
  readonly scope: Scope;
  /** The calls that led here. */
  readonly expansions: readonly Expansion[];
  /** What stands before each of the rules. */
  readonly condition: readonly Located[];
  /** How many blocks are around it. */
  readonly depth: number;
}

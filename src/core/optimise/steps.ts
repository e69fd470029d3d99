// How a chain became shorter, step by step, so that somebody else can check of each step that no packet notices it.
import type { Rule, RuleSet, Table } from '../ir/ruleset.ts';

/** One step, and the rules that it leaves. Rules that are in two lists are the same object. */
export type Step = {
  readonly rules: readonly Rule[];
} & (
  | {
      /** Rules went, each of which no packet reaches or fares by what stands behind it as it does by the rule. */
      readonly kind: 'unreached' | 'redundant';
    }
  | {
      /** Rules became one, in the place of the first, and others moved along. */
      readonly kind: 'together';
      /** What each new rule was made of. */
      readonly made: ReadonlyMap<Rule, readonly Rule[]>;
    }
  | {
      /** Values are looked up in sets that the table has from then on: each rule is in the place of the one it was. */
      readonly kind: 'sets';
      readonly table: Table;
    }
);

/** The steps of a chain, the first from its rules as they were; none where it was left alone. */
export type StepsOf = (table: Table, chain: string) => readonly Step[];

/** A chain that might do something else than before, as far as was shown, and the rule at which that could not be. */
export interface Unproved {
  /** As it was. */
  readonly table: Table;
  readonly chain: string;
  readonly rule?: Rule;
}

/** Checks the steps from one rule set to another. Says the chains of which they do not show that no packet notices. */
export type CheckSteps = (before: RuleSet, after: RuleSet, stepsOf: StepsOf) => readonly Unproved[];

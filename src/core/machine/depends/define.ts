// What of a policy and its host hangs on a sysctl: for `check`, where the value contradicts it, and for `explain`, which
// tells all of it.
import type { Code } from '../../diagnostic/catalogue.ts';
import type { RuleSet } from '../../ir/ruleset.ts';
import type { Host } from '../../topology/host.ts';
import type { PlacedRule } from '../placed-rules.ts';

/** A rule set on a host. */
export interface Machine {
  readonly ruleSet: RuleSet;
  /** Those of its rules that may be about the host. */
  readonly rules: readonly PlacedRule[];
  readonly host: Host;
}

/** Something that hangs on the value of a sysctl. */
export interface Dependence {
  /** What a contradiction is called. */
  readonly code: Code;
  /** In the table, with `*` in the place of an interface. */
  readonly sysctl: string;
  /** The interface whose value counts, where there is one. */
  readonly device?: string;
  /** What hangs on it: `lets packets pass that are forwarded`. */
  readonly what: string;
  /** The rule, where it is one. */
  readonly rule?: PlacedRule;
  /** The values that it needs, for people. */
  readonly needs: string;
  /** What becomes of it with the value that the host has; absent where they agree. */
  readonly problem?: string;
  readonly help?: string;
}

/** Finds what hangs on one sysctl or a few. */
export type FindDependences = (machine: Machine) => readonly Dependence[];

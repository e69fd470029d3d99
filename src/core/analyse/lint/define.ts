// What a finding of `hookline check` is, and what it is looked for in.
import type { Address, AddressFamily } from '../../datatype/address.ts';
import type { Code } from '../../diagnostic/catalogue.ts';
import type { Diagnostic, Severity } from '../../diagnostic/diagnostic.ts';
import type { RuleSet } from '../../ir/ruleset.ts';
import type { Host } from '../../topology/host.ts';
import type { Budget } from './budget.ts';
import type { LintMemory } from './exact/memory.ts';

/** One kind of finding: a file in `finding/`, a line in the registry, a code with its explanation. */
export interface Finding {
  readonly code: Code;
  /** What `--only` and `--ignore` call it. */
  readonly name: string;
  /** What checking a policy says in its place. */
  readonly saidAs?: Code;
  /** Where it is in this rule set, in the order of the rules. What is less severe than `least` need not be looked for. */
  find(subject: LintSubject, least: Severity): Iterable<Diagnostic>;
  /** The most rules of a chain in which it is looked for; any number if absent. */
  readonly longest?: number;
}

/** A rule set with what is known of where it runs. */
export interface LintSubject {
  readonly ruleSet: RuleSet;
  /** The hosts whose rules these are; none where nobody said. */
  readonly hosts: readonly Host[];
  /** The versions of IP all of whose rules are here: a dump of iptables has those of one. */
  readonly families: readonly AddressFamily[];
  /** All the time that it takes if absent. */
  readonly budget?: Budget;
  /** What is known of an earlier version of the same rules; is brought up to date. */
  readonly memory?: LintMemory;
  /** Somebody administers the host by SSH from there, and wants to go on. */
  readonly session?: Session | undefined;
}

/** A session of SSH. */
export interface Session {
  readonly client: Address;
  readonly clientPort: number;
  /** Where it goes; an address of the host if absent. */
  readonly server?: Address;
  readonly serverPort: number;
  /** Somebody said it; else it is the one that the command runs in. */
  readonly isSaid: boolean;
}

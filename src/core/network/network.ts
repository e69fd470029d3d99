// Hosts with their rules, and what connects them: what a policy says of a whole network.
import type { Link, Policy } from '../ir/policy.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import type { Host } from '../topology/host.ts';

/** A whole network. */
export interface Network {
  readonly hosts: readonly NetworkHost[];
  readonly links: readonly Link[];
}

/** A host, and the rules in force there. */
export interface NetworkHost {
  readonly host: Host;
  readonly ruleSet: RuleSet;
}

/** The network that a policy describes: a host that has no rules of its own has those of the top level. */
export function networkOf({ hosts, links = [], ruleSet, ownRules }: Policy): Network {
  return {
    hosts: hosts.map((host) => ({ host, ruleSet: ownRules?.get(host.name) ?? ruleSet })),
    links,
  };
}

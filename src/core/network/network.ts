// Hosts with their rules, and what connects them: what a policy says of a whole network.
import type { Link, Policy } from '../ir/policy.ts';
import { rulesOn } from '../ir/rules-on.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import type { Host } from '../topology/host.ts';
import { makeWiring } from './wiring.ts';

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

/**
 * The network that a policy describes: a host that has no rules of its own has those of the top level, an interface
 * without an Ethernet address gets one.
 */
export function networkOf(policy: Policy): Network {
  const { hosts, links = [] } = policy;
  const bare = {
    hosts: hosts.map((host) => ({ host, ruleSet: rulesOn(policy, host.name) })),
    links,
  };
  const { macOf } = makeWiring(bare);
  const withMacs = (host: Host): Host => ({
    ...host,
    interfaces: host.interfaces.map((one) =>
      one.name === 'lo' ? one : { ...one, mac: macOf({ host: host.name, device: one.name }) },
    ),
  });
  return { hosts: bare.hosts.map(({ host, ...rest }) => ({ ...rest, host: withMacs(host) })), links };
}

/** The host of that name. */
export function hostNamed({ hosts }: Network, name: string): NetworkHost | undefined {
  return hosts.find(({ host }) => host.name === name);
}

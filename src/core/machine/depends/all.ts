// Everything of a rule set and its host that hangs on sysctls.
import type { RuleSet } from '../../ir/ruleset.ts';
import type { Host } from '../../topology/host.ts';
import { isAbout, placedRules } from '../placed-rules.ts';
import { dependsOnAcceptLocal, dependsOnArp, dependsOnIpv6, dependsOnLocalnet } from './addresses.ts';
import { dependsOnBridgeFilter } from './bridge.ts';
import {
  dependsOnAdvertisements,
  dependsOnRoom,
  dependsOnStrictTcp,
  dependsOnSynCookies,
  dependsOnTimestamps,
} from './connections.ts';
import type { Dependence, FindDependences } from './define.ts';
import { dependsOnForwarding, proxiesWithoutForwarding } from './forwarding.ts';
import { dependsOnLocalPorts } from './ports.ts';
import { dependsOnReversePath } from './reverse-path.ts';

const finders: readonly FindDependences[] = [
  dependsOnForwarding,
  dependsOnReversePath,
  proxiesWithoutForwarding,
  dependsOnArp,
  dependsOnLocalPorts,
  dependsOnSynCookies,
  dependsOnTimestamps,
  dependsOnAdvertisements,
  dependsOnRoom,
  dependsOnStrictTcp,
  dependsOnBridgeFilter,
  dependsOnLocalnet,
  dependsOnAcceptLocal,
  dependsOnIpv6,
];

/** All of it, in the order of these kinds. */
export function dependences(ruleSet: RuleSet, host: Host): readonly Dependence[] {
  const rules = placedRules(ruleSet).filter((placed) => isAbout(placed, host));
  return finders.flatMap((find) => find({ ruleSet, rules, host }));
}

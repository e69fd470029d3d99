// All rules that will be in force: those of others as they are now, and those that are applied.

import type { TableName } from '../../core/change/change.ts';
import { rulesAfter } from '../../core/change/rules-after.ts';
import { type Diagnostic, hasErrors, type Outcome } from '../../core/diagnostic/diagnostic.ts';
import type { RuleSet } from '../../core/ir/ruleset.ts';
import type { PartName } from '../../core/snapshot/parts.ts';
import { policyOfSnapshot } from '../../core/snapshot/policy.ts';
import type { Host } from '../../core/topology/host.ts';
import { readLive } from '../snapshot/read.ts';
import type { Site } from './site.ts';

/** A machine with rules that it does not have yet. */
export interface After {
  readonly ruleSet: RuleSet;
  readonly host: Host | undefined;
}

/** What matters to the way of a packet. */
const parts: readonly PartName[] = [
  'nft-json',
  'iptables-nft',
  'ip6tables-nft',
  'iptables-legacy',
  'ip6tables-legacy',
  'ipset',
  'addresses',
  'routing-tables',
  'routes',
  'routes6',
  'rules',
  'rules6',
  'sysctls',
];

/** Reads the machine, and puts rules in the place of tables that are hookline's own. */
export async function readAfter(
  { namespace }: Site,
  applied: RuleSet,
  owned: readonly TableName[],
): Promise<Outcome<After>> {
  const snapshot = await readLive({ namespace, only: parts });
  const { value, diagnostics } = policyOfSnapshot(snapshot, 'this machine');
  const found: readonly Diagnostic[] = diagnostics.filter(({ severity }) => severity !== 'note');
  if (!value) return { value: undefined, diagnostics: hasErrors(found) ? found : diagnostics };
  const live = value.ruleSet;
  const ruleSet = rulesAfter({ live, target: applied, owned });
  return { value: { ruleSet, host: value.hosts[0] }, diagnostics: found };
}

// Hooks at which rules close IPv4 and leave IPv6 open.
import type { AddressFamily } from '../../../datatype/address.ts';
import { diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Hook } from '../../../hook/hook.ts';
import type { Rule, RuleSet } from '../../../ir/ruleset.ts';
import { lookupsOf } from '../../../match/define.ts';
import { findStatement } from '../../../statement/registry.ts';
import type { Host } from '../../../topology/host.ts';
import { addressesOf } from '../../../topology/inventory.ts';
import { hookFunctions } from '../../../trace/order.ts';
import type { Finding } from '../define.ts';
import { endsEveryPacket, nameOfChain, type PlacedChain } from '../place.ts';

export const openIpv6: Finding = {
  code: 'HK7115',
  name: 'open-ipv6',
  *find({ ruleSet, hosts, families }) {
    if (families.length < 2 || (hosts.length > 0 && !hosts.some(hasIpv6))) return;
    for (const hook of ['input', 'forward'] as const) {
      const closed = closingChain(ruleSet, hook, 4);
      if (!closed || closingChain(ruleSet, hook, 6)) continue;
      const isThere = filters(ruleSet, hook, 6).length > 0;
      yield diagnostic('HK7115', `${nameOfChain(closed)} is closed for IPv4, and at ${hook} IPv6 is open`, {
        span: closed.chain.span,
        // Somebody has thought of IPv6 at this hook.
        ...(isThere && { severity: 'note' }),
      });
    }
  },
};

/** A chain that ends what its rules let go on: by its policy, or by a rule without conditions. */
function closingChain(ruleSet: RuleSet, hook: Hook, family: AddressFamily): PlacedChain | undefined {
  return filters(ruleSet, hook, family).find(({ chain }) => {
    const rule = chain.rules.find(endsEveryPacket);
    return rule && !leavesToPolicy(rule) ? !passes(rule) : chain.base?.policy === 'drop';
  });
}

function leavesToPolicy({ parts }: Rule): boolean {
  return parts.some(
    (part) => part.kind === 'statement' && findStatement(part.key)?.leavesChain?.(part.args, noLookups),
  );
}

function passes({ parts }: Rule): boolean {
  return parts.some(
    (part) => part.kind === 'statement' && findStatement(part.key)?.outcome?.(part.args)?.kind === 'accept',
  );
}

const noLookups = lookupsOf({ sets: [] });

function filters(ruleSet: RuleSet, hook: Hook, family: AddressFamily): readonly PlacedChain[] {
  return hookFunctions(ruleSet, hook, family).flatMap((one) => (one.kind === 'chain' ? [one.hooked] : []));
}

/** Whether anybody reaches it by IPv6 over a network. */
function hasIpv6({ interfaces }: Host): boolean {
  return interfaces.some(
    (one) => one.name !== 'lo' && addressesOf(one, 6).some(({ scope }) => scope === 'global'),
  );
}

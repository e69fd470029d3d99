// Rules of IP about the ports of a bridge, which see frames only where br_netfilter shows them.
import { findMatch } from '../../match/registry.ts';
import { givenSysctl } from '../../topology/sysctl.ts';
import type { Dependence, Machine } from './define.ts';

/** Rules that name the port of a bridge by a match for that. */
export function dependsOnBridgeFilter({ rules, host }: Machine): readonly Dependence[] {
  return rules.flatMap((placed) => {
    const asks = placed.rule.parts.some(
      (part) => part.kind === 'match' && findMatch(part.key)?.needsBridgeFilter === true,
    );
    if (!asks) return [];
    return placed.families.map((family): Dependence => {
      const sysctl = `net.bridge.bridge-nf-call-ip${family === 4 ? '' : '6'}tables`;
      return {
        code: 'HK6121',
        sysctl,
        what: 'is for frames in a bridge',
        rule: placed,
        needs: 'to be 1',
        ...(givenSysctl(host, sysctl) === 0 && { problem: 'frames in a bridge do not come to it' }),
        help: `write \`sysctl ${sysctl} = 1\`, or the rule into a table of bridge`,
      };
    });
  });
}

// Rule set to the text of a back end, by the back end's name.
import type { Outcome } from './diagnostic/diagnostic.ts';
import { emitIptables } from './iptables/emit.ts';
import { emitIpset } from './iptables/ipset.ts';
import type { EmitOptions } from './ir/emit-options.ts';
import type { RuleSet } from './ir/ruleset.ts';
import { emitRoutes, emitSysctls } from './machine/emit.ts';
import { emitNftJson } from './nft/emit-json.ts';
import { emitNftText } from './nft/emit-text.ts';

/** What a rule set can be compiled to, with the file name that each has in a folder of all. */
export const backEnds = {
  iptables: {
    file: 'rules.v4',
    hasOnlySets: false,
    emit: (ruleSet: RuleSet, options?: EmitOptions) => emitIptables(ruleSet, 'ip', options),
  },
  ip6tables: {
    file: 'rules.v6',
    hasOnlySets: false,
    emit: (ruleSet: RuleSet, options?: EmitOptions) => emitIptables(ruleSet, 'ip6', options),
  },
  ipset: { file: 'ipset.conf', hasOnlySets: true, emit: emitIpset },
  'nft-json': { file: 'ruleset.json', hasOnlySets: false, emit: emitNftJson },
  nft: { file: 'ruleset.nft', hasOnlySets: false, emit: emitNftText },
  sysctl: { file: 'sysctl.conf', hasOnlySets: false, emit: emitSysctls },
  routes: { file: 'routes.sh', hasOnlySets: false, emit: emitRoutes },
} as const satisfies Record<
  string,
  {
    file: string;
    hasOnlySets: boolean;
    emit: (ruleSet: RuleSet, options?: EmitOptions) => Outcome<string>;
  }
>;

export type BackEnd = keyof typeof backEnds;

/** All of them, in their order. */
export const backEndNames = [
  'iptables',
  'ip6tables',
  'ipset',
  'nft-json',
  'nft',
  'sysctl',
  'routes',
] as const satisfies readonly BackEnd[];

/** Compiles to one back end. With an error there is no text: nothing is left out silently. */
export function compile(ruleSet: RuleSet, to: BackEnd, options: EmitOptions = {}): Outcome<string> {
  return backEnds[to].emit(ruleSet, options);
}

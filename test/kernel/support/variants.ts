// The three ways in which a compiled policy gets into the kernel, and what the kernel says it has.
import { type BackEnd, compile } from '../../../src/core/compile.ts';
import type { Outcome } from '../../../src/core/diagnostic/diagnostic.ts';
import type { RuleSet } from '../../../src/core/ir/ruleset.ts';
import { loadPolicy, type PolicyKind } from '../../../src/core/load.ts';
import type { LabHost } from '../../../src/host/lab/lab.ts';
import type { Iptables } from '../../../src/host/trace/counters.ts';
import { loadIptables, loadNftJson } from './load.ts';

/** A way in, and how to watch what the rules do there. */
export interface Variant {
  readonly name: string;
  /** `nft monitor trace` sees its packets. */
  readonly traced: boolean;
  /** Its tables, chains and rules stand for those of the policy, one for one. */
  readonly isOneForOne: boolean;
  /** Whose counters tell which rules took effect. */
  readonly counters?: Iptables;
  load(namespace: LabHost, ruleSet: RuleSet): Promise<void>;
  /** The rule set as the kernel lists it, imported. */
  list(namespace: LabHost): Promise<RuleSet>;
}

const nft: Variant = {
  name: 'nft -j -f',
  traced: true,
  isOneForOne: true,
  load: (namespace, ruleSet) => loadNftJson(namespace, compiled(ruleSet, 'nft-json')),
  list: async (namespace) => imported(await namespace.run('nft', ['-j', 'list', 'ruleset']), 'nft-json'),
};

export const variants = [iptables('legacy'), iptables('nft'), nft] as const;

function iptables(kind: 'legacy' | 'nft'): Variant {
  const [version4, version6] = [`iptables-${kind}`, `ip6tables-${kind}`] as const;
  return {
    name: `${version4}-restore`,
    traced: kind === 'nft',
    isOneForOne: false,
    counters: version4,
    load: async (namespace, ruleSet) => {
      await namespace.run('ipset', ['restore'], { input: compiled(ruleSet, 'ipset') });
      await loadIptables(namespace, version4, compiled(ruleSet, 'iptables'));
      await loadIptables(namespace, version6, compiled(ruleSet, 'ip6tables'));
    },
    list: async (namespace) => {
      const saved4 = imported(await namespace.run(`${version4}-save`, []), 'iptables-save');
      const saved6 = imported(await namespace.run(`${version6}-save`, []), 'ip6tables-save');
      return { tables: [...saved4.tables, ...saved6.tables] };
    },
  };
}

function compiled(ruleSet: RuleSet, to: BackEnd): string {
  return demand(compile(ruleSet, to));
}

function imported(text: string, kind: PolicyKind): RuleSet {
  return demand(loadPolicy({ name: 'listed by the kernel', text }, kind)).ruleSet;
}

function demand<T>({ value, diagnostics }: Outcome<T>): T {
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value;
}

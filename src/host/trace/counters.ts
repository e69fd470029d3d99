// Which rules of iptables matched, by the growth of their packet counters: its legacy variant is invisible to traces.
import { run } from '../exec.ts';

/** How often one rule, or the policy of one base chain, has taken effect. */
export interface RuleCounter {
  readonly table: string;
  readonly chain: string;
  /** From 1 in its chain. */
  readonly index: number | 'policy';
  readonly packets: number;
  /** The rule as iptables-save writes it, without its counters; or the policy. */
  readonly rule: string;
}

/** Which iptables: `iptables-legacy`, `ip6tables-nft` and so on. */
export type Iptables = `${'iptables' | 'ip6tables'}-${'legacy' | 'nft'}`;

/** The counters of all tables of a namespace, or of the caller's own. */
export async function readCounters(iptables: Iptables, namespace?: string): Promise<readonly RuleCounter[]> {
  return parseCounters(await run(`${iptables}-save`, ['-c'], { namespace }));
}

/** Reads what `iptables-save -c` prints. */
export function parseCounters(save: string): readonly RuleCounter[] {
  const counters: RuleCounter[] = [];
  const lengths = new Map<string, number>();
  let table = '';
  for (const line of save.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1);
    const policy = /^:(\S+) ([A-Z]+) \[(\d+):/.exec(line);
    const rule = /^\[(\d+):\d+\] (-A (\S+).*)$/.exec(line);
    if (policy) {
      const [, chain = '', verdict = '', packets] = policy;
      counters.push({ table, chain, index: 'policy', packets: Number(packets), rule: verdict });
    } else if (rule) {
      const [, packets, text = '', chain = ''] = rule;
      const index = (lengths.get(`${table} ${chain}`) ?? 0) + 1;
      lengths.set(`${table} ${chain}`, index);
      counters.push({ table, chain, index, packets: Number(packets), rule: text });
    }
  }
  return counters;
}

/**
 * What took effect between two readings, with the number of packets between them, in the order of the rule set.
 * Throws when the rules themselves changed meanwhile.
 */
export function counterDelta(
  before: readonly RuleCounter[],
  after: readonly RuleCounter[],
): readonly RuleCounter[] {
  if (JSON.stringify(before.map(identity)) !== JSON.stringify(after.map(identity))) {
    throw new Error('the rules changed between the two readings of their counters');
  }
  return after
    .map((now, at) => ({ ...now, packets: now.packets - (before[at]?.packets ?? 0) }))
    .filter(({ packets }) => packets > 0);
}

function identity({ table, chain, rule }: RuleCounter): readonly string[] {
  return [table, chain, rule];
}

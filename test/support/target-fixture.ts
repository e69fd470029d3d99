// Reads fixtures/target/options.txt: rules with what iptables makes of them. A line `table chain` says where the rules
// below it stand.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TargetCase {
  readonly family: 'ip' | 'ip6';
  readonly table: string;
  readonly chain: string;
  readonly rule: string;
  /** What iptables-save prints; undefined where iptables refuses the rule. */
  readonly saved: string | undefined;
}

/** All cases, those of both families twice. */
export function targetCases(): readonly TargetCase[] {
  const text = readFileSync(join(import.meta.dirname, '../../fixtures/target/options.txt'), 'utf8');
  const cases: TargetCase[] = [];
  let place = { table: '', chain: '' };
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const [, table, chain] = /^([a-z]+) ([A-Z]+)$/.exec(line) ?? [];
    if (table !== undefined && chain !== undefined) place = { table, chain };
    else cases.push(...casesOf(line, place));
  }
  return cases;
}

function casesOf(line: string, place: Pick<TargetCase, 'table' | 'chain'>): readonly TargetCase[] {
  const [, only, words = ''] = /^(?:-([46]) )?(.*)$/.exec(line) ?? [];
  const [rule = '', saved = rule] = words.split(' => ');
  const families = only === undefined ? (['ip', 'ip6'] as const) : ([only === '4' ? 'ip' : 'ip6'] as const);
  return families.map((family) => ({
    ...place,
    family,
    rule,
    saved: saved === 'refused' ? undefined : saved,
  }));
}

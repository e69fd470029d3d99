// Rules that other projects wrote, with the line that iptables-save prints for each: read and written again, a canonical
// rule is the same text. The data stands beside the project; without it there is nothing to score.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { importIptables } from '../../../src/core/iptables/import.ts';
import { targetNames } from '../../../src/core/iptables/targets.ts';
import { lacksCases, readCases } from '../../conformance/cases.ts';
import { roundTrip } from './support.ts';

const local = z.object({ tool: z.string(), table: z.string(), save: z.string() });
const upstreamCase = z.object({
  id: z.string(),
  tool: z.string(),
  table: z.string(),
  chain: z.string(),
  rule: z.string(),
  save: z.string().nullable(),
});
const wildCase = z.object({ rule: z.string(), local });

interface Case {
  readonly line: string;
  /** Null where iptables refuses the rule. */
  readonly save: string | null;
  readonly table: string;
  readonly family: 'ip' | 'ip6';
}

function familyOf(tool: string): 'ip' | 'ip6' {
  return tool === 'ip6tables' ? 'ip6' : 'ip';
}

function upstream(line: unknown): Case {
  const { tool, table, chain, rule, save } = upstreamCase.parse(line);
  const canonical = save === null ? null : `-A ${chain} ${save}`.trimEnd();
  return { line: `-A ${chain} ${rule}`.trimEnd(), save: canonical, table, family: familyOf(tool) };
}

function wild(line: unknown): Case {
  const {
    rule,
    local: { tool, table, save },
  } = wildCase.parse(line);
  return { line: rule, save, table, family: familyOf(tool) };
}

function casesOf(file: string, read: (line: unknown) => Case): readonly Case[] {
  return readCases(file, z.unknown()).map(read);
}

const builtins = /^(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/;

/** The rule in a table that has the chains it names. */
function dumpOf({ line, table }: Case): string {
  const [, own = ''] = /-A (\S+)/.exec(line) ?? [];
  const [, target = own] = / (?:-j|-g|--jump|--goto) ([^\s"]+)/.exec(line) ?? [];
  const chains = new Set([own, target].filter((name) => !builtins.test(name) && !targetNames.has(name)));
  return `*${table}\n${[...chains].map((name) => `:${name} - [0:0]\n`).join('')}${line}\nCOMMIT\n`;
}

function isReadable(one: Case): boolean {
  return importIptables({ name: 'dump', text: dumpOf(one) }, one).value !== undefined;
}

function written(one: Case): string {
  const rules = roundTrip(dumpOf(one), one.family).match(/^-A.*$/gm);
  return rules?.join('\n') ?? '';
}

/** Canonical rules that come back in another spelling of the same meaning. */
const respelled = [
  // The state module is an older name of conntrack's states.
  /-m state /,
];

describe.each([
  { file: 'ipt-t-1.8.9.jsonl', read: upstream },
  { file: 'rule-strings-apache.jsonl', read: wild },
])('$file', ({ file, read }) => {
  const isLacking = lacksCases(file);
  const cases = isLacking ? [] : casesOf(file, read);

  test.skipIf(isLacking)('canonical rules come back byte for byte', () => {
    const canonical = cases.filter(
      ({ line, save }) => line === save && !respelled.some((form) => form.test(line)),
    );
    expect(canonical.length).toBeGreaterThan(100);
    expect(canonical.filter((one) => written(one) !== one.save).map(({ line }) => line)).toEqual([]);
  });

  test.skipIf(isLacking)('what is written for any other rule is read and written the same', () => {
    const others = cases.filter((one) => one.save !== null && isReadable(one));
    const unstable = others.filter((one) => {
      const [first, ...more] = written(one).split('\n');
      return first !== undefined && more.length === 0 && written({ ...one, line: first }) !== first;
    });
    expect(unstable.map(({ line }) => line)).toEqual([]);
  });
});

// From the kernel back to the policy: what is loaded is listed again, and each rule is found at its place in the map.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type BackEnd, compile } from '../../src/core/compile.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy, type PolicyKind } from '../../src/core/load.ts';
import { numberRules, sourceMapOf } from '../../src/core/source-map/build.ts';
import { type Tool, textsOf, traceBack } from '../../src/core/source-map/find.ts';
import { ipsetOf, readTexts } from '../../src/core/source-map/mapped-rules.ts';
import { readSource } from '../../src/host/files.ts';
import { describeKernel } from './support/require.ts';
import { loadAndSave, runAlone, variants } from './support/saved.ts';

const folder = join(import.meta.dirname, '../../examples');

const spellings = `
zone lan = { interface "lan0", "br-*" }
def allow(src : address, what : service) { from src service what ct state new accept }
set admins : address = { 198.51.100.7, 203.0.113.0/28, 2001:db8::/48 }
table inet filter {
  chain INPUT policy drop {
    from @admins tcp dport { 8000-8010, 22, 80, 81 } counter accept
    from zone lan allow({ 198.51.100.0/24, 2001:db8::/48 }, https)
    when iif "wan0" {
      ip saddr 192.0.2.0/24 drop
      service ping limit 5/second accept
      ip saddr 192.0.2.0/24 drop
    }
    tcp flags syn / syn,ack,fin,rst meta mark & 0xff == 0x1 comment "it's mine" accept
    tcp dport 6 log "b " level info drop
    ip dscp ef ct status dnat accept
    tcp dport 113 reject with tcp reset
    counter
    reject
  }
}
table ip mangle { chain OUTPUT { udp dport 53 meta mark set 0x2; ct mark set meta mark } }
`;

async function ruleSetOf(name: string): Promise<RuleSet> {
  const path = join(folder, name, 'policy.hook');
  const source = name === 'spellings' ? { name, text: spellings } : (await readSource(path)).value;
  const policy = source && loadPolicy(source, 'hook').value;
  if (!policy) throw new Error(`${name} is no policy`);
  return numberRules(policy.ruleSet);
}

const names = [
  'spellings',
  ...readdirSync(folder).filter((name) => existsSync(join(folder, name, 'policy.hook'))),
];

/** Says of each listed rule that is not found at its own place what it is, and in the end how many there are. */
function misses(ruleSet: RuleSet, backEnds: readonly BackEnd[], tool: Tool, kind: PolicyKind, live: string) {
  const compiled = backEnds.flatMap((backEnd) => {
    const { value } = compile(ruleSet, backEnd);
    return value === undefined ? [] : [{ backEnd, text: value, ruleSet }];
  });
  const map = sourceMapOf('policy.hook', compiled);
  const options = { ipset: ipsetOf(map) };
  const listed = loadPolicy({ name: 'live', text: live }, kind, options).value;
  const traced = listed ? traceBack(listed.ruleSet, textsOf(readTexts(map), tool)) : [];
  const wrong = traced.filter(
    ({ where, found }) => !found.some(({ mapped }) => mapped.index === where.index),
  );
  const vague = traced.filter(({ found }) => found.length > 1);
  return {
    wrong: wrong.map(({ where, rule }) => [where, rule.parts]),
    vague: vague.map(({ where }) => where),
    missing: (map.targets.at(-1)?.rules.length ?? 0) - traced.length,
  };
}

const all = { wrong: [], vague: [], missing: 0 };

describeKernel(
  'rules of the kernel and their lines',
  ['unshare', 'nft', 'ipset', 'iptables-legacy', 'iptables-nft', 'ip6tables-legacy', 'ip6tables-nft'],
  () => {
    for (const name of names) {
      test.each(variants)(`${name}: $tool`, async (variant) => {
        const ruleSet = await ruleSetOf(name);
        const backEnd = variant.family === 'ip' ? 'iptables' : 'ip6tables';
        const { value } = compile(ruleSet, backEnd);
        if (value === undefined) return;
        const saved = loadAndSave(variant, value, compile(ruleSet, 'ipset').value ?? '');
        const kind = `${backEnd}-save` as const;
        expect(misses(ruleSet, ['ipset', backEnd], 'iptables', kind, saved)).toEqual(all);
      });

      test.each(['', '-j'])(`${name}: nft %s`, async (form) => {
        const ruleSet = await ruleSetOf(name);
        const listing = runAlone(`cat "$RULES" | nft -f -\nnft ${form} list ruleset`, {
          RULES: compile(ruleSet, 'nft').value ?? '',
        });
        const kind = form === '' ? 'nft' : 'nft-json';
        expect(misses(ruleSet, ['nft'], 'nft', kind, listing)).toEqual(all);
      });
    }
  },
);

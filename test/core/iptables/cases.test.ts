// A verdict map in iptables: each packet meets its own case and no other.
import { expect, test } from 'vitest';
import { checkPolicy } from '../../../src/core/check/check.ts';
import { emitIptables } from '../../../src/core/iptables/emit.ts';
import { parsePolicy } from '../../../src/core/syntax/parse.ts';

function linesOf(rule: string): readonly string[] {
  const text = `table ip t {\n chain f hook forward priority 0 {\n ${rule}\n }\n chain a { counter }\n chain b { jump a }\n}\n`;
  const checked = checkPolicy(parsePolicy({ name: 'p.hook', text }).file, true);
  const emitted = checked.value && emitIptables(checked.value.ruleSet, 'ip').value;
  return emitted?.split('\n').filter((line) => line.startsWith('-A FORWARD')) ?? [];
}

test('verdicts that end the chain stand in it', () => {
  expect(linesOf('ct state vmap { established : accept, invalid : drop }')).toEqual([
    '-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT',
    '-A FORWARD -m conntrack --ctstate INVALID -j DROP',
  ]);
});

test('what is gone to and comes back does not meet a second case', () => {
  expect(linesOf('meta mark vmap { 1 : jump a, 2 : jump b }')).toEqual([
    '-A FORWARD -j FORWARD-1',
    '-A FORWARD-1 -m mark --mark 0x1 -g a',
    '-A FORWARD-1 -m mark --mark 0x2 -g b',
  ]);
});

test('a case that does nothing keeps its packets from the case of all others', () => {
  expect(linesOf('iifname vmap { "lan0" : continue, default : drop }')).toEqual([
    '-A FORWARD -j FORWARD-1',
    '-A FORWARD-1 -i lan0 -j RETURN',
    '-A FORWARD-1 -j DROP',
  ]);
});

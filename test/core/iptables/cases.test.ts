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

test('a mark that is no other case stands in it', () => {
  expect(linesOf('meta mark set ip ttl map { 1 : 0x1, 2 : 0x2 }')).toEqual([
    '-A FORWARD -m ttl --ttl-eq 1 -j MARK --set-xmark 0x1/0xffffffff',
    '-A FORWARD -m ttl --ttl-eq 2 -j MARK --set-xmark 0x2/0xffffffff',
  ]);
});

test('a mark that is another case is not set twice', () => {
  expect(linesOf('meta mark set meta mark map { 1 : 0x2, 2 : 0x3 }')).toEqual([
    '-A FORWARD -j FORWARD-1',
    '-A FORWARD-1 -m mark --mark 0x1 -g FORWARD-1-2',
    '-A FORWARD-1 -m mark --mark 0x2 -j MARK --set-xmark 0x3/0xffffffff',
    '-A FORWARD-1-2 -j MARK --set-xmark 0x2/0xffffffff',
  ]);
});

test('what stands behind a map is for the packets of every case', () => {
  expect(linesOf('ip ttl vmap { 1 : drop, 2 : jump a, 3 : continue } meta l4proto tcp accept')).toEqual([
    '-A FORWARD -j FORWARD-1',
    '-A FORWARD-1 -m ttl --ttl-eq 1 -j DROP',
    '-A FORWARD-1 -m ttl --ttl-eq 2 -g a',
    '-A FORWARD-1 -p tcp -m ttl --ttl-eq 3 -j ACCEPT',
  ]);
});

test('a chain that is left and one that comes back stand in one map', () => {
  expect(linesOf('meta mark vmap { 1 : jump a, 2 : return, 3 : goto b } \n counter')).toEqual([
    '-A FORWARD -g FORWARD-1',
    '-A FORWARD -g FORWARD-1-after',
    '-A FORWARD-1 -m mark --mark 0x1 -g FORWARD-1-2',
    '-A FORWARD-1 -m mark --mark 0x2 -j RETURN',
    '-A FORWARD-1 -m mark --mark 0x3 -g b',
    '-A FORWARD-1 -g FORWARD-1-after',
    '-A FORWARD-1-2 -j a',
    '-A FORWARD-1-2 -g FORWARD-1-after',
    '-A FORWARD-1-after',
  ]);
});

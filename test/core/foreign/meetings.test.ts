// Where the rules of a policy meet those of programs, told by the names that these give.
import { expect, test } from 'vitest';
import { meetings, sentOn } from '../../../src/core/foreign/meetings.ts';
import { ruleText } from '../../../src/core/ir/rule-text.ts';
import { loadPolicy } from '../../../src/core/load.ts';

const machine = `
table ip nat {
  chain DOCKER { tcp dport 8080 dnat to 172.17.0.2:80; }
  chain UNREACHED { tcp dport 9 dnat to 172.17.0.3; }
  chain PREROUTING { type nat hook prerouting priority dstnat; fib daddr type local jump DOCKER; }
}
table ip filter {
  chain DOCKER-USER { return; }
  chain f2b-sshd { return; }
  chain INPUT { type filter hook input priority filter; jump f2b-sshd; }
  chain FORWARD { type filter hook forward priority filter; jump DOCKER-USER; }
  chain OUTPUT { type filter hook output priority filter; }
}
table inet firewalld {
  chain filter_INPUT { type filter hook input priority 10; reject; }
}
table inet mine {
  chain input { type filter hook input priority filter; policy drop; tcp dport 22 accept; }
  chain forward { type filter hook forward priority -1; policy drop; }
  chain output { type filter hook output priority 0; tcp dport 25 drop; }
}
`;

function rules() {
  const { value, diagnostics } = loadPolicy({ name: 'machine.nft', text: machine }, 'nft');
  if (!value) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value.ruleSet;
}

const isOwn = ({ name }: { readonly name: string }) => name === 'mine';

test('the chains of both at a hook are told in their order, with the programs that are known', () => {
  const told = meetings(rules(), isOwn).map(({ hook, families, chains }) => [
    `${hook} ${families.join(' ')}`,
    ...chains.map(({ chain, programs, owner }) => `${owner} ${chain.name} ${programs.join(' ')}`.trim()),
  ]);
  expect(told).toEqual([
    ['input 4', 'policy input', 'other INPUT fail2ban', 'other filter_INPUT firewalld'],
    ['input 6', 'policy input', 'other filter_INPUT firewalld'],
    ['forward 4', 'policy forward', 'other FORWARD Docker'],
  ]);
});

test('rules that send packets on before the policy sees them are told where packets come to them', () => {
  const told = sentOn(rules(), isOwn).map(({ chain, rule, programs }) => [
    chain.name,
    programs.join(' '),
    ruleText(rule),
  ]);
  expect(told).toEqual([['DOCKER', 'Docker', expect.stringContaining('dnat to 172.17.0.2:80')]]);
});

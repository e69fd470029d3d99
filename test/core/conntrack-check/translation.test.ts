// Which translations of a connection a nat rule allows, and which it does not.
import { expect, test } from 'vitest';
import { checkerOf, loadPolicy, parseConntrackLine } from '../../../src/core/index.ts';

/** A gateway with these nat rules, which forwards everything. */
function policyWith(rules: string): string {
  return `table ip nat {
  chain pre type nat hook prerouting priority dstnat { ${rules.includes('dnat') || rules.includes('redirect') ? rules : ''} }
  chain post type nat hook postrouting priority srcnat { ${rules.includes('dnat') || rules.includes('redirect') ? '' : rules} }
}
host gw {
  interface "lan0" { address 10.0.0.1/24 }
  interface "wan0" { address 203.0.113.1/24; address 203.0.113.5/24 }
  route default via 203.0.113.254 dev "wan0"
  sysctl net.ipv4.ip_forward = 1
}
`;
}

interface Ends {
  readonly sport?: number;
  /** Where answers come from, and where they go. */
  readonly from: string;
  readonly to: string;
}

function verdictOf(rules: string, original: string, { from, to }: Ends): string {
  const loaded = loadPolicy({ name: 'p.hook', text: policyWith(rules) }, 'hook');
  const [source, destination] = original.split(' ').map(ends);
  const [answers, answered] = [from, to].map(ends);
  const line = `udp 17 29 src=${source?.address} dst=${destination?.address} sport=${source?.port} dport=${destination?.port} src=${answers?.address} dst=${answered?.address} sport=${answers?.port} dport=${answered?.port} mark=0 use=1`;
  const { value: entry } = parseConntrackLine(line);
  if (!loaded.value || !entry) return loaded.diagnostics.map(({ message }) => message).join();
  return checkerOf(loaded.value.ruleSet, loaded.value.hosts[0])(entry).translation.verdict;
}

function ends(text: string): { readonly address: string; readonly port: string } {
  const [address = '', port = ''] = text.split(':');
  return { address, port };
}

const out = '10.0.0.5:5000 198.51.100.7:53';
const server = '198.51.100.7:53';

test.each([
  ['', out, server, '10.0.0.5:5000', 'as-ruled'],
  ['', out, server, '10.0.0.5:40000', 'as-ruled'],
  ['', out, server, '10.0.0.5:700', 'drift'],
  ['', out, server, '203.0.113.1:5000', 'drift'],
  ['', out, '10.0.0.9:53', '10.0.0.5:5000', 'drift'],
  ['', out, '198.51.100.7:54', '10.0.0.5:5000', 'drift'],
  ['oifname "wan0" masquerade', out, server, '203.0.113.1:5000', 'as-ruled'],
  ['oifname "wan0" masquerade', out, server, '203.0.113.1:1024', 'as-ruled'],
  ['oifname "wan0" masquerade', out, server, '203.0.113.1:1000', 'drift'],
  ['oifname "wan0" masquerade', out, server, '203.0.113.5:5000', 'drift'],
  ['oifname "wan0" masquerade', out, server, '10.0.0.5:5000', 'drift'],
  ['oifname "wan0" meta l4proto udp masquerade to :2000-2999', out, server, '203.0.113.1:2500', 'as-ruled'],
  ['oifname "wan0" meta l4proto udp masquerade to :2000-2999', out, server, '203.0.113.1:5000', 'drift'],
  ['oifname "wan0" masquerade random', out, server, '203.0.113.1:61000', 'as-ruled'],
  ['snat to 203.0.113.1-203.0.113.5', out, server, '203.0.113.4:5000', 'as-ruled'],
  ['snat to 203.0.113.1-203.0.113.5', out, server, '203.0.113.6:5000', 'drift'],
  ['snat to 203.0.113.9', out, server, '203.0.113.1:5000', 'drift'],
  [
    'meta l4proto udp dnat to 10.0.0.2:8053',
    '198.51.100.7:5000 203.0.113.1:53',
    '10.0.0.2:8053',
    '198.51.100.7:5000',
    'as-ruled',
  ],
  [
    'meta l4proto udp dnat to 10.0.0.2:8053',
    '198.51.100.7:5000 203.0.113.1:53',
    '10.0.0.2:53',
    '198.51.100.7:5000',
    'drift',
  ],
  ['dnat to 10.0.0.2', '198.51.100.7:5000 203.0.113.1:53', '10.0.0.2:53', '198.51.100.7:5000', 'as-ruled'],
  ['dnat to 10.0.0.2', '198.51.100.7:5000 203.0.113.1:53', '10.0.0.2:54', '198.51.100.7:5000', 'drift'],
  [
    'dnat to 10.0.0.2-10.0.0.9',
    '198.51.100.7:5000 203.0.113.1:53',
    '10.0.0.7:53',
    '198.51.100.7:5000',
    'as-ruled',
  ],
  [
    'meta l4proto udp redirect to :8053',
    '10.0.0.5:5000 198.51.100.7:53',
    '10.0.0.1:8053',
    '10.0.0.5:5000',
    'as-ruled',
  ],
  [
    'meta l4proto udp redirect to :8053',
    '10.0.0.5:5000 198.51.100.7:53',
    '203.0.113.1:8053',
    '10.0.0.5:5000',
    'drift',
  ],
])('%s: of %s answers come from %s to %s: %s', (rules, original, from, to, verdict) => {
  expect(verdictOf(rules, original, { from, to })).toBe(verdict);
});

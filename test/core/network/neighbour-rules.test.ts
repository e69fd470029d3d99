// Rules that stop ARP or neighbour discovery: hosts that have each other's packets accepted can't talk then.
import { expect, test } from 'vitest';
import { parseAddress } from '../../../src/core/datatype/address.ts';
import { travelIn } from '../../../src/core/network/journey.ts';
import { networkOf } from '../../../src/core/network/network.ts';
import { reach } from '../../../src/core/network/reach.ts';
import { policyOf } from '../../support/policy.ts';

function ask(to: string, { a = '', b = '', sw = '' }: Readonly<Record<string, string>>) {
  const text = `
host a { interface "eth0" { address 192.0.2.1/24; address 2001:db8::1/64 } ${a} }
host b { interface "eth0" { address 192.0.2.2/24; address 2001:db8::2/64 } ${b} }
host sw {
  interface "br0" { type bridge }
  interface "p1" { master "br0" }
  interface "p2" { master "br0" }
  ${sw}
}
link one { a "eth0"; sw "p1" }
link two { b "eth0"; sw "p2" }
`;
  const address = parseAddress(to);
  if (!address) throw new Error(`no address: ${to}`);
  return reach(travelIn(networkOf(policyOf(text))), { host: 'a' }, address, { kind: 'ping' });
}

const pings = `table ip6 filter {
  chain input type filter hook input priority 0 policy drop {
    icmpv6 type { echo-request, echo-reply } accept
  }
}`;
const discovery = pings.replace('echo-request,', 'echo-request, nd-neighbor-solicit, nd-neighbor-advert,');
const noArp = (what: string): string =>
  `table arp filter { chain c type filter hook input priority 0 policy accept { arp operation ${what} drop } }`;
const inBridge = `table bridge filter {
  chain f type filter hook forward priority 0 policy accept { ether type arp drop }
}`;

test.each<[string, string, Parameters<typeof ask>[1], string | undefined]>([
  ['nothing', '192.0.2.2', {}, undefined],
  ['nothing of IPv6', '2001:db8::2', {}, undefined],
  ['discovery is accepted', '2001:db8::2', { a: discovery, b: discovery }, undefined],
  ['the solicitation is not accepted', '2001:db8::2', { b: pings }, 'b drops the neighbour solicitation'],
  ['the advertisement is not accepted', '2001:db8::2', { a: pings }, 'a drops the neighbour advertisement'],
  ['rules for IPv6 do not matter to IPv4', '192.0.2.2', { a: pings, b: pings }, undefined],
  ['a request is dropped', '192.0.2.2', { b: noArp('request') }, 'b drops the ARP request'],
  ['a reply is dropped', '192.0.2.2', { a: noArp('reply') }, 'a drops the ARP reply'],
  ['a bridge drops it', '192.0.2.2', { sw: inBridge }, 'sw drops the ARP request'],
])('%s: %s', (_, to, hosts, why) => {
  const { verdict, failure } = ask(to, hosts);
  expect(failure?.why ?? '').toContain(why ?? '');
  expect(verdict).toBe(why === undefined ? 'yes' : 'no');
});

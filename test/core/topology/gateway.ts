// The host that several tests ask: a gateway with secondary addresses, a link-scope address and a bare uplink.
import { type Address, parseAddress } from '../../../src/core/datatype/address.ts';
import type { AddressFacts, HostFacts, RouteFacts, SysctlFact } from '../../../src/core/topology/facts.ts';
import type { Host } from '../../../src/core/topology/host.ts';
import { makeHost } from '../../../src/core/topology/make-host.ts';

/** An address from its text. */
export function address(text: string): Address {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(`no address: ${text}`);
  return parsed;
}

/** `10.0.0.1/24`. */
export function addressWithLength(text: string): AddressFacts {
  const [head = '', length = ''] = text.split('/');
  return { address: address(head), prefixLength: Number(length) };
}

/** A route to `10.0.0.0/8` with the rest as it is given. */
export function route(to: string, rest: Partial<RouteFacts>): RouteFacts {
  const { address: network, prefixLength } = addressWithLength(to);
  return { family: network.family, destination: network.value, prefixLength, ...rest };
}

/** The facts of the gateway. */
export const gatewayFacts: HostFacts = {
  name: 'gw',
  interfaces: [
    { name: 'lan0', addresses: ['10.0.0.1/24', '10.0.0.2/24', 'fd00::1/64'].map(addressWithLength) },
    {
      name: 'wan0',
      addresses: ['198.51.100.2/30', '203.0.113.1/24', '203.0.113.5/24', '2001:db8::1/64'].map(
        addressWithLength,
      ),
    },
    { name: 'ppp0', addresses: [] },
  ],
  routes: [
    route('0.0.0.0/0', { gateway: address('203.0.113.254').value }),
    route('::/0', { gateway: address('fe80::1').value, device: 'wan0' }),
    route('172.16.0.0/12', { type: 'unreachable' }),
    route('192.0.2.0/24', { device: 'ppp0' }),
  ],
};

/** The gateway with some sysctls written. */
export function gateway(...sysctls: readonly SysctlFact[]): Host {
  const { value, diagnostics } = makeHost({ ...gatewayFacts, sysctls });
  if (!value) throw new Error(diagnostics.map((one) => one.message).join());
  return value;
}

/** Forwarding on. */
export const forwarding: SysctlFact = { name: 'net.ipv4.ip_forward', value: '1' };

// The network that most kernel tests run in: one host inside, the gateway under test, one host outside.
import type { Topology } from '../../../src/host/lab/topology.ts';

/** `lan` 10.0.0.2 — `gw` 10.0.0.1, 203.0.113.1 and .5 — `wan` 203.0.113.254, which is also 198.51.100.9. */
export const gatewayNetwork: Topology = {
  hosts: [
    { name: 'lan', addresses: { eth0: ['10.0.0.2/24'] }, routes: ['default via 10.0.0.1'] },
    {
      name: 'gw',
      addresses: { lan0: ['10.0.0.1/24'], wan0: ['203.0.113.1/24', '203.0.113.5/24'] },
      routes: ['default via 203.0.113.254'],
      forwarding: true,
    },
    { name: 'wan', addresses: { eth0: ['203.0.113.254/24'], lo: ['198.51.100.9/32'] } },
  ],
  links: [
    {
      ends: [
        { host: 'gw', interface: 'lan0' },
        { host: 'lan', interface: 'eth0' },
      ],
    },
    {
      ends: [
        { host: 'gw', interface: 'wan0' },
        { host: 'wan', interface: 'eth0' },
      ],
    },
  ],
};

// The network that most kernel tests run in: one host inside, the gateway under test, one host outside.
import { networkOf } from '../../../src/core/network/network.ts';
import { policyOf } from '../../support/policy.ts';

/** `lan` 10.0.0.2 — `gw` 10.0.0.1, 203.0.113.1 and .5 — `wan` 203.0.113.254, which is also 198.51.100.9. */
export const gatewayNetwork = networkOf(
  policyOf(`
host lan {
  interface "eth0" { address 10.0.0.2/24 }
  route default via 10.0.0.1 dev "eth0"
}
host gw {
  interface "lan0" { address 10.0.0.1/24 }
  interface "wan0" { address 203.0.113.1/24; address 203.0.113.5/24 }
  route default via 203.0.113.254 dev "wan0"
  sysctl net.ipv4.ip_forward = 1
}
host wan {
  interface "eth0" { address 203.0.113.254/24 }
  interface "lo" { address 198.51.100.9/32 }
}
link inside { gw "lan0"; lan "eth0" }
link outside { gw "wan0"; wan "eth0" }
`),
);

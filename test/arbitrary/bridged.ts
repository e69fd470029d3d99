// Random policies for a host with a bridge, a bond, VLANs and a macvlan: rules for frames in bridges, at ingress and egress
// of single devices, and for the packets of IP in them.
import fc from 'fast-check';

/** Devices of `bridgedHost`: `p0` and `p1` are ports of `br0`, `b0` and `b1` of `bond0`. */
const device = fc.constantFrom('p0', 'p1', 'br0', 'bond0', 'b0', 'b1', 'bond0.7', 'e0', 'mv0');

/** The host that the policies are for. */
export const bridgedHost = `host bridged {
  interface "br0" { type bridge; address 10.0.1.1/24; address fd00:1::1/64 }
  interface "p0" { master "br0" }
  interface "p1" { master "br0" }
  interface "bond0" { type bond mode active-backup; address 10.0.2.1/24; address fd00:2::1/64 }
  interface "b0" { master "bond0" }
  interface "b1" { master "bond0" }
  interface "bond0.7" { type vlan link bond0 id 7; address 10.0.7.1/24 }
  interface "e0" { address 203.0.113.1/24 }
  interface "mv0" { type macvlan link e0 mode bridge; address 203.0.113.9/24 }
  route default via 203.0.113.254 dev "e0"
  sysctl net.ipv4.ip_forward = 1
  sysctl net.ipv6.conf.all.forwarding = 1
}`;

const condition = fc.oneof(
  fc.constantFrom(
    '',
    '',
    'ip daddr 10.0.1.0/24',
    'ip saddr 10.0.2.0/24',
    'tcp dport { 22, 80, 443 }',
    'udp dport 53',
    'meta mark 0x1',
    'meta l4proto tcp',
    'meta pkttype host',
    'meta pkttype { broadcast, other }',
    'ether type ip',
  ),
  device.map((name) => `iifname "${name}"`),
  device.map((name) => `oifname "${name}"`),
);
const statement = fc.constantFrom('accept', 'drop', 'counter', 'counter', 'meta mark set 0x1', 'return');

function chain(name: string, head: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const rules = fc.array(
    fc.tuple(condition, statement).map((words) => `    ${words.join(' ').trim()}\n`),
    { maxLength: 3 },
  );
  const policy = fc.constantFrom('accept', 'accept', 'accept', 'drop');
  return fc
    .tuple(head, policy, rules)
    .map(([place, verdict, lines]) => `  chain ${name} ${place} policy ${verdict} {\n${lines.join('')}  }\n`);
}

function table(family: string, name: string, head: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const chains = ['c0', 'c1', 'c2'].map((one) => chain(one, head));
  return fc
    .tuple(fc.subarray([0, 1, 2]), ...chains)
    .map(([kept, ...all]) => `table ${family} ${name} {\n${kept.map((at) => all[at]).join('')}}\n`);
}

const ofBridge = fc
  .constantFrom('prerouting', 'input', 'forward', 'output', 'postrouting')
  .map((hook) => `hook ${hook} priority filter`);
const ofDevice = fc
  .tuple(fc.constantFrom('ingress', 'egress'), device)
  .map(([hook, name]) => `hook ${hook} device "${name}" priority 0`);
const ofIp = fc
  .constantFrom('prerouting', 'input', 'forward', 'output', 'postrouting')
  .map((hook) => `hook ${hook} priority filter`);

/** Tables of all families that see packets on such a host. */
export const bridgedPolicies: fc.Arbitrary<string> = fc
  .tuple(
    table('bridge', 'frames', ofBridge),
    table('netdev', 'devices', ofDevice),
    table('inet', 'packets', ofIp),
  )
  .map((tables) => tables.join(''));

// Host-only networking: a virtual card of the host and the machines are on one switch, with a DHCP server.
import { addressAt, type Block, machines, networkAddressAt, type VmAnswers, type VmMode } from './mode.ts';
import { hostAddress, hostRoute, lanLink, linkLines, machineLines, outsideLines } from './parts.ts';

export const hostOnly: VmMode = {
  word: 'host-only',
  summary: 'the machines and their host are on a network of their own, with no way outside',
  subnet: '192.168.56.0/24',
  forwards: 'none',
  blocks,
};

/** What VirtualBox chooses for its first network of the kind. */
const place = { host: 1, server: 100, firstLease: 101, lastLease: 254 } as const;

function blocks(answers: VmAnswers): readonly Block[] {
  const { lan, subnet } = answers;
  const all = machines(answers);
  const leases = `${addressAt(subnet, place.firstLease)}-${addressAt(subnet, place.lastLease)}`;
  return [
    [
      '# The host, with a virtual card on the switch of the machines. It passes nothing on.',
      'host host {',
      `interface "eth0" { address ${hostAddress(lan)} }`,
      `interface "vboxnet0" { address ${networkAddressAt(subnet, place.host)} }`,
      hostRoute(lan),
      'policy none',
      '}',
    ],
    [
      '# The DHCP server, a program of the host. It tells nobody of a router.',
      'host dhcp {',
      'within host',
      `interface "eth0" {\naddress ${networkAddressAt(subnet, place.server)}\ndhcp ${leases}\n}`,
      'policy none',
      '}',
    ],
    ...all.map((vm) =>
      machineLines(vm, { address: `${networkAddressAt(subnet, place.firstLease + vm - 1)} dhcp` }),
    ),
    outsideLines(lan),
    lanLink,
    linkLines('vboxnet0', ['host "vboxnet0"', 'dhcp "eth0"', ...all.map((vm) => `vm${vm} "eth0"`)]),
  ];
}

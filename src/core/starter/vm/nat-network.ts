// NAT network: one NAT engine for a network that the machines share.
import { type Engine, engineEnds, engineLines, hostDevices, hostRules } from './engine.ts';
import { addressAt, type Block, machines, networkAddressAt, type VmAnswers, type VmMode } from './mode.ts';
import { hostAddress, hostRoute, lanLink, linkLines, machineLines, outsideLines } from './parts.ts';

export const natNetwork: VmMode = {
  word: 'nat-network',
  summary: 'the machines share a network behind one NAT engine, and reach each other and others by it',
  subnet: '10.0.2.0/24',
  forwards: 'allowed',
  blocks,
};

/** What VirtualBox chooses: the router, the host, the server of names and leases, and the machines. */
const place = { router: 1, host: 2, server: 3, firstLease: 4, lastLease: 254 } as const;

function blocks(answers: VmAnswers): readonly Block[] {
  const { lan, subnet, forwards } = answers;
  const all = machines(answers);
  const addressOf = (vm: number): number => place.firstLease + vm - 1;
  const engine: Engine = {
    name: 'nat1',
    number: 1,
    subnet,
    own: [place.router, place.host, place.server],
    host: place.host,
    leases: [place.firstLease, place.lastLease],
    forwards: forwards.map((one) => ({ ...one, address: addressAt(subnet, addressOf(one.vm)) })),
  };
  const [router, host, server] = engine.own.map((at) => addressAt(subnet, at));
  return [
    [
      '# The host: what its NAT engine sends leaves as its own connections.',
      'host host {',
      `interface "eth0" { address ${hostAddress(lan)} }`,
      ...hostDevices([engine]),
      hostRoute(lan),
      ...hostRules([engine]),
      '}',
    ],
    [
      `# The NAT engine: ${router} is the router, ${host} the host itself, ${server} the server of names and leases.`,
      '# `up0` stands for the sockets that the engine opens on the host.',
      ...engineLines(engine),
    ],
    ...all.map((vm) =>
      machineLines(vm, {
        address: `${networkAddressAt(subnet, addressOf(vm))} dhcp`,
        gateway: addressAt(subnet, place.router),
      }),
    ),
    outsideLines(lan),
    lanLink,
    linkLines('natnet', ['nat1 "vm0"', ...all.map((vm) => `vm${vm} "eth0"`)]),
    linkLines('nat1-host', engineEnds(engine)),
  ];
}

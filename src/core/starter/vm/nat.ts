// NAT: each machine has a NAT engine of its own, and all of them have the same address.
import { type Engine, engineEnds, engineLines, hostDevices, hostRules } from './engine.ts';
import { addressAt, type Block, machines, networkAddressAt, type VmAnswers, type VmMode } from './mode.ts';
import { hostAddress, hostRoute, lanLink, linkLines, machineLines, outsideLines } from './parts.ts';

export const nat: VmMode = {
  word: 'nat',
  summary: 'each machine is alone behind a NAT engine of its own, and reaches others by it',
  subnet: '10.0.2.0/24',
  forwards: 'none',
  blocks,
};

export const portForward: VmMode = {
  ...nat,
  word: 'port-forward',
  summary: 'NAT, and ports of the host that lead to machines',
  forwards: 'each',
};

/** The places that VirtualBox and QEMU choose: router and host, name server, TFTP server, and the machine. */
const place = { host: 2, names: 3, files: 4, vm: 15, lastLease: 30 } as const;

function enginesOf(answers: VmAnswers): readonly Engine[] {
  const { subnet, forwards } = answers;
  const address = addressAt(subnet, place.vm);
  return machines(answers).map((vm) => ({
    name: `nat${vm}`,
    number: vm,
    subnet,
    own: [place.host, place.names, place.files],
    host: place.host,
    leases: [place.vm, place.lastLease],
    forwards: forwards.filter((one) => one.vm === vm).map((one) => ({ ...one, address })),
  }));
}

function blocks(answers: VmAnswers): readonly Block[] {
  const { lan, subnet } = answers;
  const engines = enginesOf(answers);
  const [router, names, files] = [place.host, place.names, place.files].map((at) => addressAt(subnet, at));
  return [
    [
      '# The host: what its NAT engines send leaves as its own connections.',
      'host host {',
      `interface "eth0" { address ${hostAddress(lan)} }`,
      ...hostDevices(engines),
      hostRoute(lan),
      ...hostRules(engines),
      '}',
    ],
    [
      `# Each machine has a NAT engine: ${router} is the router and the host itself, ${names} the name server, ${files} the`,
      '# TFTP server. `up0` stands for the sockets that the engine opens on the host.',
    ],
    ...engines.flatMap((one) => [
      engineLines(one),
      machineLines(one.number, {
        address: `${networkAddressAt(subnet, place.vm)} dhcp`,
        gateway: addressAt(subnet, place.host),
      }),
    ]),
    outsideLines(lan),
    lanLink,
    ...engines.flatMap((one) => [
      linkLines(`vm${one.number}-${one.name}`, [`vm${one.number} "eth0"`, `${one.name} "vm0"`]),
      linkLines(`${one.name}-host`, engineEnds(one)),
    ]),
  ];
}

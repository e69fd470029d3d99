// Bridged networking: the machines are stations of the physical network, like their host.
import { type Block, machines, type VmAnswers, type VmMode } from './mode.ts';
import {
  hostAddress,
  hostRoute,
  lanLink,
  leaseInLan,
  linkLines,
  machineLines,
  outsideLines,
  routerAddress,
} from './parts.ts';

export const bridged: VmMode = {
  word: 'bridged',
  summary: 'the machines are on the physical network, beside their host',
  forwards: 'none',
  blocks,
};

function blocks(answers: VmAnswers): readonly Block[] {
  const { lan } = answers;
  const all = machines(answers);
  return [
    [
      '# The host: a bridge is the switch, its ports are the card and a tap device for each machine. VirtualBox takes the',
      '# frames from the card itself, and who reaches whom is the same; with macvtap the host and its machines would not',
      '# reach each other.',
      'host host {',
      `interface "br0" {\ntype bridge\naddress ${hostAddress(lan)}\n}`,
      'interface "eth0" { master "br0" }',
      ...all.map((vm) => `interface "vnet${vm}" {\ntype tap\nmaster "br0"\n}`),
      hostRoute(lan),
      'policy none',
      '}',
    ],
    ...all.map((vm) => machineLines(vm, { address: leaseInLan(lan, vm), gateway: routerAddress(lan) })),
    outsideLines(lan),
    lanLink,
    ...all.map((vm) => linkLines(`cable${vm}`, [`vm${vm} "eth0"`, `host "vnet${vm}"`])),
  ];
}

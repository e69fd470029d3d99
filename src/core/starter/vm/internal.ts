// Internal networking: a switch with machines and nobody else.
import { type Block, machines, networkAddressAt, type VmAnswers, type VmMode } from './mode.ts';
import { hostAddress, hostRoute, lanLink, linkLines, machineLines, outsideLines } from './parts.ts';

export const internal: VmMode = {
  word: 'internal',
  summary: 'the machines are on a network of their own, where not even their host is',
  subnet: '192.168.100.0/24',
  forwards: 'none',
  blocks,
};

function blocks(answers: VmAnswers): readonly Block[] {
  const { lan, subnet } = answers;
  const all = machines(answers);
  const ends = all.map((vm) => `vm${vm} "eth0"`);
  return [
    [
      '# The host has no card on the switch of the machines, and nobody hands out addresses there: they are fixed.',
      'host host {',
      `interface "eth0" { address ${hostAddress(lan)} }`,
      hostRoute(lan),
      'policy none',
      '}',
    ],
    ...all.map((vm) => machineLines(vm, { address: networkAddressAt(subnet, vm) })),
    outsideLines(lan),
    lanLink,
    ...(all.length > 1 ? [linkLines('intnet', ends)] : []),
  ];
}

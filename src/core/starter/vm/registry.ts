// All modes of connecting virtual machines, and the policy that one becomes.
import type { Answer, Subnet } from '../answer.ts';
import { subnetText } from '../answer.ts';
import { bridged } from './bridged.ts';
import { engineNet } from './engine.ts';
import { hostOnly } from './host-only.ts';
import { internal } from './internal.ts';
import type { VmAnswers, VmForward, VmMode } from './mode.ts';
import { nat, portForward } from './nat.ts';
import { natNetwork } from './nat-network.ts';

/** In the order in which people list them. */
export const vmModes: readonly VmMode[] = [bridged, nat, natNetwork, hostOnly, internal, portForward];

/** The text, before it is laid out; no value where the answers contradict each other. */
export function vmNetworkPolicy(mode: VmMode, said: VmAnswers): Answer<string> {
  const answers = { ...said, forwards: withDefaults(mode, said) };
  const problem = contradiction(mode, answers);
  if (problem !== undefined) return { problem };
  const count = answers.vms === 1 ? 'One virtual machine' : `${answers.vms} virtual machines`;
  const head = [
    `# ${count} in mode \`${mode.word}\`:`,
    `# ${mode.summary}.`,
    '# `hookline reach FILE --matrix` shows who reaches whom.',
  ];
  const blocks = [head, ...mode.blocks(answers)];
  return { value: `${blocks.map((block) => block.join('\n')).join('\n\n')}\n` };
}

/** From 2222 on to the port 22 of each machine, where nothing is said. */
function withDefaults({ forwards }: VmMode, said: VmAnswers): readonly VmForward[] {
  if (forwards !== 'each' || said.forwards.length > 0) return said.forwards;
  return Array.from({ length: said.vms }, (_, at) => ({
    protocol: 'tcp',
    port: BigInt(2222 + at),
    vm: at + 1,
    vmPort: 22n,
  }));
}

function contradiction(mode: VmMode, { vms, subnet, lan, forwards }: VmAnswers): string | undefined {
  const nets = mode.subnet === undefined ? [lan] : [lan, subnet];
  const small = nets.find(({ length }) => length > 24);
  if (small) return `\`${subnetText(small, small.lo)}\` is too small: a network of /24 or more is wanted`;
  if (mode.subnet !== undefined && overlaps(subnet, lan))
    return `\`${subnetText(subnet, subnet.lo)}\` overlaps the physical network \`${subnetText(lan, lan.lo)}\``;
  const inner = { lo: engineNet.lo, hi: engineNet.lo + 255n };
  const taken = nets.find((net) => overlaps(net, inner));
  if (taken) return `\`${subnetText(taken, taken.lo)}\` overlaps what NAT engines have, \`100.64.0.0/24\``;
  const nobody = forwards.find(({ vm }) => vm > vms);
  if (nobody) return `there is no machine \`vm${nobody.vm}\``;
  const twice = forwards.find((one, at) => forwards.slice(0, at).some((other) => isSamePort(one, other)));
  return twice && `${twice.protocol} port ${twice.port} is forwarded twice`;
}

function overlaps(one: Pick<Subnet, 'lo' | 'hi'>, other: Pick<Subnet, 'lo' | 'hi'>): boolean {
  return one.lo <= other.hi && other.lo <= one.hi;
}

function isSamePort(one: VmForward, other: VmForward): boolean {
  return one.protocol === other.protocol && one.port === other.port;
}

// Networks of virtual machines as `init vm` writes them.
import { expect } from 'vitest';
import { loadPolicy } from '../../src/core/load.ts';
import { readSubnet, type Subnet } from '../../src/core/starter/answer.ts';
import type { VmAnswers, VmMode } from '../../src/core/starter/vm/mode.ts';
import { vmNetworkPolicy } from '../../src/core/starter/vm/registry.ts';
import { formatPolicy } from '../../src/core/syntax/format.ts';

/** `10.9.8.0/23`. */
export function net(text: string): Subnet {
  const answer = readSubnet(text);
  if ('problem' in answer) throw new Error(answer.problem);
  return answer.value;
}

/** What the command writes; nothing may be wrong with it. */
export function vmText(mode: VmMode, said: Partial<VmAnswers> = {}): string {
  const lan = said.lan ?? net('192.168.1.0/24');
  const subnet = mode.subnet === undefined ? lan : (said.subnet ?? net(mode.subnet));
  const answer = vmNetworkPolicy(mode, { vms: 2, forwards: [], ...said, lan, subnet });
  if ('problem' in answer) throw new Error(answer.problem);
  const source = { name: 'vm.hook', text: answer.value };
  const text = formatPolicy(source).value ?? '';
  expect(loadPolicy({ ...source, text }).diagnostics).toEqual([]);
  return text;
}

// What a person says of a network of virtual machines, read with the types of the language.
import { port } from '../../datatype/types.ts';
import type { Answer } from '../answer.ts';
import type { VmForward } from './mode.ts';

/** More machines have no place in the smallest networks. */
const most = 16;

/** `2`: how many there are. */
export function readVmCount(text: string): Answer<number> {
  const count = Number(text);
  return /^\d{1,2}$/.test(text) && count >= 1 && count <= most
    ? { value: count }
    : { problem: `\`${text}\` is no number of machines from 1 to ${most}` };
}

/** `2222:22`, with the machine and the protocol in front where they are not `vm1` and `tcp`. */
export function readVmForward(text: string): Answer<VmForward> {
  const shape = /^(?:vm([1-9]\d?):)?(?:(tcp|udp):)?([^:]+):([^:]+)$/.exec(text);
  const [, vm = '1', protocol = 'tcp', from = '', to = ''] = shape ?? [];
  const [own, its] = [portIn(from), portIn(to)];
  if (!shape || own === undefined || its === undefined)
    return { problem: `\`${text}\` is no forward such as \`2222:22\` or \`vm2:udp:5353:53\`` };
  return { value: { protocol: protocol === 'udp' ? 'udp' : 'tcp', port: own, vm: Number(vm), vmPort: its } };
}

function portIn(text: string): bigint | undefined {
  const value = port.parse(text);
  return value === 0n ? undefined : value;
}

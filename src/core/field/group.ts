// The group that an interface of the packet is in: no fact of a trace, and the same in whichever words it is asked for.
import { deviceGroup } from '../datatype/nft-types.ts';
import { defineField, type Field } from './define.ts';
import type { Unknown } from './view.ts';

/** Why no trace knows it. */
export function untoldGroup({ name }: Pick<Field, 'name'>): Unknown {
  return { unknown: `\`${name}\` is not among the facts that a trace is given` };
}

/** That of the incoming and of the outgoing interface. */
export const [inputGroup, outputGroup] = [groupField('meta iifgroup'), groupField('meta oifgroup')] as const;

function groupField(name: string): Field {
  return defineField(name, deviceGroup, () => untoldGroup({ name }), {
    symbol: { kind: 'own', untold: true },
  });
}

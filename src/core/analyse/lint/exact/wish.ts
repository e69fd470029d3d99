// Conditions on packets that no rule says: what hooks show of interfaces, and values of single fields.
import type { Field } from '../../../field/define.ts';
import { inputInterface, outputInterface } from '../../../field/meta.ts';
import { type Condition, fieldIs } from '../../../field/symbolic.ts';
import type { Hook } from '../../../hook/hook.ts';

/** Packets that have this number there. */
export function number(field: Field, value: bigint): Condition {
  return (symbols) => fieldIs(symbols, field, value);
}

/** Packets that have this name there, or any other. */
export function named(field: Field, name: string, is: boolean): Condition {
  return (symbols) => {
    const value = symbols.read(field);
    const node = value.kind === 'name' ? value.is(name) : 0;
    return is ? node : symbols.bdd.not(node);
  };
}

/** Whether packets have an incoming and an outgoing interface; either may be where nothing is said. */
const shown: Readonly<Record<Hook, { readonly in?: boolean; readonly out?: boolean }>> = {
  ingress: { in: true, out: false },
  prerouting: { in: true, out: false },
  input: { in: true, out: false },
  forward: { in: true, out: true },
  output: { in: false, out: true },
  postrouting: { out: true },
  egress: { out: true },
};

/** The packets of a hook, by the interfaces that rules see there (include/linux/netfilter.h: struct nf_hook_state). */
export function interfacesAt(hook: Hook): Condition {
  const { in: input, out: output } = shown[hook];
  return (symbols) => {
    const some = input === undefined ? 1 : named(inputInterface, '', !input)(symbols);
    const others = output === undefined ? 1 : named(outputInterface, '', !output)(symbols);
    return symbols.bdd.and(some, others);
  };
}

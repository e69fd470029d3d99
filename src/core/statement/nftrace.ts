// `meta nftrace set`: the kernel reports each rule that the packet meets; in iptables TRACE.
import { numberType } from '../datatype/define.ts';
import { refuse } from '../match/iptables-spelling.ts';
import { constant } from './operand.ts';
import { defineSetter, target } from './setter.ts';
import { passing } from './symbolic.ts';

export const metaNftraceSet = defineSetter({
  key: 'meta nftrace',
  summary: 'Has the kernel report each rule that the packet meets from here on (`1`), or no longer (`0`).',
  type: numberType('integer', '`1` or `0`', 1),
  nft: { meta: { key: 'nftrace' } },
  target: (value) =>
    value === 1n
      ? target('TRACE')
      : { kind: 'unsupported', why: 'iptables can begin to trace a packet, but not end it' },
  readers: [
    {
      module: 'TRACE',
      options: {},
      takes: 'together',
      complete: true,
      read: (given) => (given.length > 0 ? refuse('`TRACE` has no options') : constant(1n)),
    },
  ],
  effect: (value) => ({ kind: 'none', note: value === 1n ? 'traced from here on' : 'no longer traced' }),
  symbolic: passing,
});

// `meta pkttype set`: to whom the frame is taken to be (net/netfilter/nft_meta.c: nft_meta_set_validate).
import { packetType } from '../datatype/types.ts';
import { defineSetter } from './setter.ts';

export const metaPkttypeSet = defineSetter({
  key: 'meta pkttype',
  summary: 'Has the stack take the frame for one to this host (`host`), to all or to others.',
  type: packetType,
  nft: { meta: { key: 'pkttype' } },
  hooks: ['prerouting'],
  changesPacket: true,
  target: () => ({ kind: 'unsupported', why: 'iptables has no target that sets the packet type' }),
  readers: [],
  effect: (value, { view }) =>
    value === BigInt(view.pkttype)
      ? { kind: 'none', note: `packet type ${packetType.format(value)}` }
      : { kind: 'unknown', why: 'whether the stack takes a frame of another packet type is not worked out' },
});

// `CHECKSUM`: fills in checksums that were left to the hardware (net/netfilter/xt_CHECKSUM.c).

import { passing } from './symbolic.ts';
import { defineTarget, unknownToNft } from './target.ts';

export const checksum = defineTarget({
  key: 'CHECKSUM',
  summary: 'Computes the checksum of a packet whose sender left that to the hardware.',
  options: [{ option: '--checksum-fill', word: 'fill', required: true }],
  nft: unknownToNft('nft can set a checksum to a number, but not compute it'),
  execute: () => ({ kind: 'none', note: 'its checksum is filled in' }),
  symbolic: passing,
});

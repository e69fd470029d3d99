// The ways into the kernel, by their names.
import type { Loader } from '../kernel/load.ts';
import type { BackEnd } from './back-end.ts';
import { nft } from './nft.ts';

/** What applies rules through a program. */
export function backEndOf(_loader: Loader): BackEnd {
  return nft;
}

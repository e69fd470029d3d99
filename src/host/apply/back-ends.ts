// The ways into the kernel, by their names.
import type { Loader } from '../kernel/load.ts';
import type { BackEnd } from './back-end.ts';
import { iptablesBackEnd } from './iptables.ts';
import { nft } from './nft.ts';

const backEnds: Readonly<Record<Loader, BackEnd>> = {
  nft,
  'iptables-nft': iptablesBackEnd('iptables-nft'),
  'iptables-legacy': iptablesBackEnd('iptables-legacy'),
};

/** What applies rules through a program. */
export function backEndOf(loader: Loader): BackEnd {
  return backEnds[loader];
}

// All findings of `hookline check` beyond what makes a policy invalid. Adding one is a file, a line here and a fixture.
import type { Finding } from './define.ts';
import { duplicate } from './finding/duplicate.ts';
import { idleJump } from './finding/idle-jump.ts';
import { missingInterface } from './finding/missing-interface.ts';
import { openIpv6 } from './finding/open-ipv6.ts';
import { silentDrop } from './finding/silent-drop.ts';
import { unreachedChain } from './finding/unreached-chain.ts';

/** In the order of their codes. */
export const findings: readonly Finding[] = [
  duplicate,
  unreachedChain,
  idleJump,
  silentDrop,
  missingInterface,
  openIpv6,
];

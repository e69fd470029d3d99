// All findings of `hookline check` beyond what makes a policy invalid. Adding one is a file, a line here and a fixture.
import type { Finding } from './define.ts';
import { bypassed } from './finding/bypassed.ts';
import { closedDnat } from './finding/closed-dnat.ts';
import { contradictory } from './finding/contradictory.ts';
import { duplicate } from './finding/duplicate.ts';
import { idleJump } from './finding/idle-jump.ts';
import { lockOut } from './finding/lock-out.ts';
import { missingInterface } from './finding/missing-interface.ts';
import { neverMatching } from './finding/never-matching.ts';
import { openIpv6 } from './finding/open-ipv6.ts';
import { partlyShadowed } from './finding/partly-shadowed.ts';
import { redundant } from './finding/redundant.ts';
import { shadowed } from './finding/shadowed.ts';
import { silentDrop } from './finding/silent-drop.ts';
import { sourcePort } from './finding/source-port.ts';
import { spoofing } from './finding/spoofing.ts';
import { unreachedChain } from './finding/unreached-chain.ts';
import { unreachedPolicy } from './finding/unreached-policy.ts';

/** In the order of their codes. */
export const findings: readonly Finding[] = [
  neverMatching,
  shadowed,
  partlyShadowed,
  redundant,
  duplicate,
  contradictory,
  unreachedChain,
  unreachedPolicy,
  idleJump,
  sourcePort,
  closedDnat,
  silentDrop,
  missingInterface,
  bypassed,
  openIpv6,
  lockOut,
  spoofing,
];

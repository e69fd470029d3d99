// The matches that are modules of iptables under their own names.

import type { MatchDefinition } from '../define.ts';
import { addrtypeMatch } from './addrtype.ts';
import {
  clusterMatch,
  connbytesMatch,
  connlabelMatch,
  connlimitMatch,
  helperMatch,
  ipvsMatch,
  nfacctMatch,
  stateMatch,
} from './connection.ts';
import { rateestMatch, recentMatch, statisticMatch } from './counting.ts';
import { hashlimitMatch } from './hashlimit.ts';
import {
  cgroupMatch,
  cpuMatch,
  devgroupMatch,
  macMatch,
  realmMatch,
  rpfilterMatch,
  socketMatch,
} from './host.ts';
import { icmpTypeCodeMatch, icmpv6TypeCodeMatch } from './icmp.ts';
import { ahMatch, espMatch, ipcompMatch, policyMatch } from './ipsec.ts';
import {
  dstMatch,
  eui64Match,
  fragMatch,
  hbhMatch,
  ipv6headerMatch,
  mhMatch,
  rtMatch,
  srhMatch,
} from './ipv6-header.ts';
import { conntrackMatch, setMatch, tosMatch } from './other.ts';
import { physdevMatch } from './physdev.ts';
import { bpfMatch, stringMatch, u32Match } from './program.ts';
import { timeMatch } from './time.ts';
import { dccpMatch, ecnMatch, multiportMatch, osfMatch, sctpMatch, tcpmssMatch } from './transport.ts';

/** By name. */
export const moduleMatches: readonly MatchDefinition<unknown>[] = [
  addrtypeMatch,
  ahMatch,
  bpfMatch,
  cgroupMatch,
  clusterMatch,
  connbytesMatch,
  connlabelMatch,
  connlimitMatch,
  conntrackMatch,
  cpuMatch,
  dccpMatch,
  devgroupMatch,
  dstMatch,
  ecnMatch,
  espMatch,
  eui64Match,
  fragMatch,
  hashlimitMatch,
  hbhMatch,
  helperMatch,
  icmpTypeCodeMatch,
  icmpv6TypeCodeMatch,
  ipcompMatch,
  ipv6headerMatch,
  ipvsMatch,
  macMatch,
  mhMatch,
  multiportMatch,
  nfacctMatch,
  osfMatch,
  physdevMatch,
  policyMatch,
  rateestMatch,
  realmMatch,
  recentMatch,
  rpfilterMatch,
  rtMatch,
  sctpMatch,
  setMatch,
  socketMatch,
  srhMatch,
  stateMatch,
  statisticMatch,
  stringMatch,
  tcpmssMatch,
  timeMatch,
  tosMatch,
  u32Match,
];

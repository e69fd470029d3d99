// Which packets come to the tables of a family.
import { isIpPacket, ofVersion } from '../field/parts.ts';
import type { Condition } from '../field/symbolic.ts';
import type { Family } from '../ir/ruleset.ts';

/** The packets that come to tables of a family. */
export const seenBy: Readonly<Record<Family, Condition>> = {
  ip: ofVersion(4),
  ip6: ofVersion(6),
  inet: isIpPacket,
  arp: () => 1,
  bridge: () => 1,
  netdev: () => 1,
};

// The table of all diagnostic codes, put together from one file per area. A code, once published, keeps its meaning.
import { backEndCodes } from './codes/back-end.ts';
import { blockCodes } from './codes/blocks.ts';
import { chainCodes } from './codes/chains.ts';
import { conntrackCodes } from './codes/conntrack.ts';
import { dhcpCodes } from './codes/dhcp.ts';
import { hostConfigCodes } from './codes/host-config.ts';
import { importCodes } from './codes/import.ts';
import { inputCodes } from './codes/input.ts';
import { lintCodes } from './codes/lint.ts';
import { nameCodes } from './codes/names.ts';
import { networkCodes } from './codes/network.ts';
import { packetCodes } from './codes/packet.ts';
import { ruleCodes } from './codes/rules.ts';
import { snapshotCodes } from './codes/snapshot.ts';
import { syntaxCodes } from './codes/syntax.ts';
import { sysctlCodes } from './codes/sysctl.ts';
import { valueCodes } from './codes/values.ts';

/** All codes with their title, severity and long explanation. */
export const catalogue = {
  ...inputCodes,
  ...syntaxCodes,
  ...nameCodes,
  ...chainCodes,
  ...ruleCodes,
  ...blockCodes,
  ...valueCodes,
  ...backEndCodes,
  ...importCodes,
  ...packetCodes,
  ...networkCodes,
  ...dhcpCodes,
  ...conntrackCodes,
  ...lintCodes,
  ...sysctlCodes,
  ...hostConfigCodes,
  ...snapshotCodes,
};

/** A stable diagnostic code, `HK` and four digits. */
export type Code = keyof typeof catalogue;

/** Whether a text is a known code; case is folded by the caller. */
export function isCode(text: string): text is Code {
  return Object.hasOwn(catalogue, text);
}

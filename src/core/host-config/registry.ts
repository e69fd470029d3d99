// All kinds of configuration files, in the order in which they are tried and read.
import type { HostFormat } from './format.ts';
import { ifcfg } from './ifcfg/format.ts';
import { ifconfig } from './ifconfig.ts';
import { interfaces } from './interfaces/format.ts';
import { ipJson } from './ip/json.ts';
import { ipText } from './ip/text.ts';
import { keyfile } from './keyfile/format.ts';
import { netplan } from './netplan/format.ts';
import { networkd } from './networkd/format.ts';
import { rtTables } from './rt-tables.ts';
import { sysctlConf } from './sysctl-conf.ts';

export const hostFormats: readonly HostFormat[] = [
  rtTables,
  ipJson,
  ifconfig,
  networkd,
  netplan,
  keyfile,
  ifcfg,
  interfaces,
  ipText,
  sysctlConf,
];

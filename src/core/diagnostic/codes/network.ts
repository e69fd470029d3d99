// Codes HK608x: devices, and the links between hosts.
import { codes } from '../entry.ts';

/** Problems with devices and links. */
export const networkCodes = codes({
  HK6080: {
    title: 'device that can not be',
    severity: 'error',
    explanation:
      'A device is of a kind of ip-link(8): `type vlan id 10 link "eth0"`. Some kinds need settings, or a device that they stand on, which must be there, in this host or in the one that is named before it.',
  },
  HK6081: {
    title: 'link that can not be',
    severity: 'error',
    explanation:
      'A link connects interfaces of hosts: `link street { gw "wan0"; isp "eth0" }`. Two ends are a cable, more are a switch. An interface is in one link at most, and only those that have a cable, such as network cards and tap devices, are in one.',
  },
  HK6083: {
    title: 'host inside of no host',
    severity: 'error',
    explanation:
      'With `within` a host is a namespace or a virtual machine of another one, which must be there and not inside of the first.',
  },
  HK6082: {
    title: 'rules of a host in two places',
    severity: 'error',
    explanation:
      'The rules of a host stand in its block, or in the file that its line `policy "…"` names. `policy none` says that it has none. A host without either has those of the top level.',
  },
});

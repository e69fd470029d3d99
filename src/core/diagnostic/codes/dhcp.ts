// Codes HK613x: addresses that are handed out by DHCP.
import { codes } from '../entry.ts';

/** Problems with leases and those who hand them out. */
export const dhcpCodes = codes({
  HK6130: {
    title: 'DHCP range that can not be',
    severity: 'error',
    help: 'write `dhcp 192.168.56.101-192.168.56.254`, inside of the network of the interface',
    explanation:
      'A line `dhcp FIRST-LAST` in an interface says which addresses a server on it hands out. They are of one network that the interface is in, without its first and last address, and the address of the interface is none of them.',
  },
  HK6131: {
    title: 'leased address that nobody hands out',
    severity: 'warning',
    help: 'add `dhcp FIRST-LAST` to the interface of the server, or leave out `dhcp` behind the address',
    explanation:
      'An address with `dhcp` behind it was given by a server on its link. The links of the file show who else is there, and no interface of them hands it out.',
  },
  HK6132: {
    title: 'address that a DHCP server hands out to others',
    severity: 'warning',
    help: 'choose an address outside of the range, or write `dhcp` behind it',
    explanation:
      'A server on the link hands out addresses of a range, and this one is among them and not marked as leased. The server may give it to another host, so that two have the same.',
  },
});
